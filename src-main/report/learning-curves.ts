import { countOf } from '../contract/count-of.ts';
import type { EpochMetrics } from '../contract/records.ts';
import { lineChart, type Band } from './line-chart.ts';
import { markup, type Markup } from './markup.ts';
import { percent } from './number-format.ts';

/** Loss, and recalls on validation, over the epochs; phases shaded, the kept epoch marked. */
export function learningCurves(epochs: readonly EpochMetrics[], classes: number): Markup {
  if (epochs.length === 0) return markup`<p class="quiet">No epoch was recorded.</p>`;
  const best = epochs.findLastIndex((epoch) => epoch.best);
  const shared = {
    bands: phaseBands(epochs),
    mark: best < 0 ? null : { step: best, name: `kept: epoch ${epochs[best]!.epoch}` },
    xTitle: 'epoch',
    xLabel: (step: number) => String(epochs[step]!.epoch),
  };
  const last = epochs.at(-1)!;
  const highestLoss = Math.max(
    ...epochs.flatMap(({ trainLoss, valLoss }) => [trainLoss, valLoss]).filter(Number.isFinite),
  );
  return markup`<div class="charts">
${lineChart({
  ...shared,
  title: 'Loss',
  description: `Training loss ends at ${last.trainLoss.toFixed(2)}, validation loss at ${last.valLoss.toFixed(2)} after ${countOf(epochs.length, 'epoch')}.`,
  series: [
    { name: 'training', values: epochs.map(({ trainLoss }) => trainLoss), tone: 2 },
    { name: 'validation', values: epochs.map(({ valLoss }) => valLoss), tone: 1 },
  ],
  level: null,
  top: roundUp(highestLoss),
  formatY: (loss) => loss.toFixed(2),
})}
${lineChart({
  ...shared,
  title: 'Recall on validation',
  description: `Validation WAR ends at ${percent(last.valWar)}, UAR at ${percent(last.valUar)}.`,
  series: [
    { name: 'WAR', values: epochs.map(({ valWar }) => valWar), tone: 1 },
    { name: 'UAR', values: epochs.map(({ valUar }) => valUar), tone: 2 },
  ],
  level: { value: 1 / classes, name: 'chance (UAR)' },
  top: 1,
  formatY: (share) => percent(share, 0),
})}
</div>`;
}

/** Consecutive epochs of one phase; none where the run has a single phase. */
function phaseBands(epochs: readonly EpochMetrics[]): Band[] {
  const bands: Band[] = [];
  epochs.forEach(({ phase }, step) => {
    const open = bands.at(-1);
    if (open?.name === phase) open.last = step;
    else bands.push({ name: phase, first: step, last: step });
  });
  return bands.length > 1 ? bands : [];
}

/** The next of 1, 2, 4, 6, 8, 10 times a power of ten, so that quarters of it are readable. */
function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 4, 6, 8, 10].find((factor) => factor * power >= value)!;
}
