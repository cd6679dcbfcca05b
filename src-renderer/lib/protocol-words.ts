import type { EngineInfo, Protocol } from '../../src-main/contract/records.ts';
import { unfinishedRun } from '../../src-main/contract/unfinished-run.ts';
import { countOf } from './plain-numbers.ts';

/** A protocol in words: `short` for a badge, `checks` with a warning where figures would flatter, `details` beside. */
export type ProtocolFacts = {
  short: string;
  honest: boolean;
  checks: { good: boolean; text: string }[];
  details: { name: string; value: string }[];
};

export function protocolFacts(protocol: Protocol, engine: EngineInfo): ProtocolFacts {
  const { subjectDisjoint, split, n, subjects, seed, dataFingerprint } = protocol;
  const unfinished = unfinishedRun(protocol);
  const doubt = doubtOf(protocol);
  const people = subjects > 0 ? `, ${countOf(subjects, 'person', 'people')}` : '';
  return {
    short: doubt ?? `${countOf(n, 'video')}${people}`,
    honest: doubt === null,
    checks: [
      {
        good: subjectDisjoint,
        text: subjectDisjoint ? 'people disjoint from training' : 'people may also occur in training',
      },
      { good: isFairChoice(protocol), text: selectionText(protocol) },
      ...(unfinished === null ? [] : [{ good: false, text: unfinished }]),
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

/** The first reason for which figures would flatter or are not final; null for none. */
function doubtOf(protocol: Protocol): string | null {
  if (!protocol.subjectDisjoint) return 'people may be known';
  if (!isFairChoice(protocol)) return 'selected on this split';
  return unfinishedRun(protocol) === null ? null : 'run not finished';
}

function isFairChoice({ selectedOn, split }: Protocol): boolean {
  return selectedOn !== split && selectedOn !== 'train';
}

function selectionText({ selectedOn, split }: Protocol): string {
  if (selectedOn === 'none') return 'last epoch kept, none selected';
  const set = selectedOn === 'val' ? 'validation' : selectedOn;
  return selectedOn === split ? `epoch selected on ${set}, shown here` : `epoch selected on ${set}`;
}
