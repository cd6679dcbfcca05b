import type { ComparedSystem, Spread } from '../contract/compare.ts';
import { markup, type Markup } from './markup.ts';
import { coordinate, percent } from './number-format.ts';

/** From 0 to 100: a dot for each seed, the mean as a line between mean ± deviation, chance as a tick. */
export function seedDots(
  runs: ComparedSystem['runs'],
  figure: 'war' | 'uar',
  { spread, chance }: { spread: Spread; chance: number },
): Markup {
  const x = (share: number) => coordinate(100 * Math.min(1, Math.max(0, share)));
  const { mean, deviation } = spread;
  const range = deviation ?? 0;
  const seeds = runs.map((run) => `seed ${run.seed}: ${percent(run[figure])}`).join(', ');
  return markup`<svg class="range seeds" viewBox="0 0 240 26" role="img" aria-label="${seeds}"><svg x="8" width="224" height="26" overflow="visible">
<line class="axis" x1="0%" x2="100%" y1="13" y2="13"/>
<line class="interval" x1="${x(mean - range)}%" x2="${x(mean + range)}%" y1="13" y2="13"/>
<line class="chance" x1="${x(chance)}%" x2="${x(chance)}%" y1="3" y2="23"/>
${runs.map((run) => markup`<circle class="seed" cx="${x(run[figure])}%" cy="13" r="3.5"/>`)}
<line class="mean" x1="${x(mean)}%" x2="${x(mean)}%" y1="5" y2="21"/></svg></svg>`;
}
