import type { EngineInfo, Protocol } from '../../src-main/contract/records.ts';
import { countOf } from './plain-numbers.ts';

/** A protocol in words: `short` for a badge, `checks` with a warning where figures would flatter, `details` beside. */
export type ProtocolFacts = {
  short: string;
  honest: boolean;
  checks: { good: boolean; text: string }[];
  details: { name: string; value: string }[];
};

export function protocolFacts(protocol: Protocol, engine: EngineInfo): ProtocolFacts {
  const { subjectDisjoint, selectedOn, split, n, subjects, seed, dataFingerprint } = protocol;
  const fairChoice = selectedOn !== split && selectedOn !== 'train';
  const honest = subjectDisjoint && fairChoice;
  const people = subjects > 0 ? `, ${countOf(subjects, 'person', 'people')}` : '';
  return {
    short: honest
      ? `${countOf(n, 'video')}${people}`
      : subjectDisjoint
        ? 'selected on this split'
        : 'people may be known',
    honest,
    checks: [
      {
        good: subjectDisjoint,
        text: subjectDisjoint ? 'people disjoint from training' : 'people may also occur in training',
      },
      { good: fairChoice, text: selectionText(protocol) },
    ],
    details: [
      { name: 'Split', value: split === 'val' ? 'validation' : split },
      { name: 'Videos', value: `${countOf(n, 'video')}${people}` },
      { name: 'Seed', value: String(seed) },
      { name: 'Data', value: dataFingerprint.slice(0, 16) },
      { name: 'Engine', value: `${protocol.engine}, ${engine.device}` },
    ],
  };
}

function selectionText({ selectedOn, split }: Protocol): string {
  if (selectedOn === 'none') return 'last epoch kept, none selected';
  const set = selectedOn === 'val' ? 'validation' : selectedOn;
  return selectedOn === split ? `epoch selected on ${set}, shown here` : `epoch selected on ${set}`;
}
