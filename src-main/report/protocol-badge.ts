import type { EngineInfo, Protocol } from '../contract/records.ts';
import { unfinishedRun } from '../contract/unfinished-run.ts';
import { markup, type Markup } from './markup.ts';
import { count } from './number-format.ts';

/** What the figures rest on, with a warning where they would flatter. */
export function protocolBadge(protocol: Protocol, engine: EngineInfo): Markup {
  const { subjectDisjoint, selectedOn, split, n, subjects } = protocol;
  const unfinished = unfinishedRun(protocol);
  const honestChoice = selectedOn !== split && selectedOn !== 'train';
  return markup`<section class="protocol" aria-label="Protocol">
<ul>
${verdict(subjectDisjoint, subjectDisjoint ? 'people disjoint from training' : 'people may also occur in training')}
${verdict(honestChoice, selectionText(protocol))}
${unfinished !== null && verdict(false, unfinished)}
</ul>
<dl>
${fact('split', split)}
${fact('videos', `${n}${subjects > 0 ? ` of ${count(subjects, 'person', 'people')}` : ''}`)}
${fact('seed', String(protocol.seed))}
${fact('data', protocol.dataFingerprint.slice(0, 12), protocol.dataFingerprint)}
${fact('engine', protocol.engine, `${engine.device}: ${engine.why}`)}
</dl>
</section>`;
}

function selectionText({ selectedOn, split }: Protocol): string {
  if (selectedOn === 'none') return 'last epoch kept, none selected';
  const chosen = `epoch selected on ${selectedOn}`;
  return selectedOn === split ? `${chosen}, the split shown here` : chosen;
}

function verdict(good: boolean, text: string): Markup {
  return markup`<li class="${good ? 'good' : 'doubtful'}"><span aria-hidden="true">${good ? '✓' : '!'}</span> ${text}</li>`;
}

function fact(name: string, value: string, title: string | null = null): Markup {
  return markup`<div><dt>${name}</dt><dd${title !== null && markup` title="${title}"`}>${value}</dd></div>`;
}
