import { lineChart } from './line-chart.ts';
import { markup, type Markup } from './markup.ts';
import { gammaText, percent, percentNumber } from './number-format.ts';
import type { GammaPoint } from './report-data.ts';

/** How the figures change between average (gamma 0) and maximum pooling of the same clip logits. */
export function gammaSection(points: readonly GammaPoint[], gamma: number | null): Markup | null {
  if (points.length < 2) return null;
  const used = points.findIndex((point) => point.gamma === gamma);
  const best = points.reduce((top, point) => (point.war > top.war ? point : top));
  const chart = lineChart({
    title: 'WAR and UAR over γ',
    description: `WAR is highest, ${percent(best.war)}, at gamma ${gammaText(best.gamma)}.`,
    series: [
      { name: 'WAR', values: points.map(({ war }) => war), tone: 1 },
      { name: 'UAR', values: points.map(({ uar }) => uar), tone: 2 },
    ],
    bands: [],
    mark: used < 0 ? null : { step: used, name: `this run: γ ${gammaText(points[used]!.gamma)}` },
    level: null,
    top: 1,
    formatY: (share) => percent(share, 0),
    xTitle: 'γ, from average to maximum pooling',
    xLabel: (step) => gammaText(points[step]!.gamma),
  });
  return markup`<section class="card beside" aria-labelledby="gamma-title">
<div><h2 id="gamma-title">How much the moment matters</h2>
<p>The same clip scores of this network, pooled in other ways. At γ 0 all clips of a video count the same; the larger γ, the more its heaviest moment decides alone.</p>
<table><caption class="hidden">WAR and UAR over gamma, per cent</caption><thead><tr><th scope="col">γ</th><th scope="col" class="number">WAR</th><th scope="col" class="number">UAR</th></tr></thead><tbody>
${points.map(
  (
    point,
    i,
  ) => markup`<tr class="${i === used && 'chosen'}"><th scope="row">${gammaText(point.gamma)}${point.gamma === 0 && ' (average)'}</th><td class="number">${percentNumber(point.war)}</td><td class="number">${percentNumber(point.uar)}</td></tr>
`,
)}</tbody></table></div>
${chart}</section>`;
}
