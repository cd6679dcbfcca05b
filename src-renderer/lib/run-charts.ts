import type { EpochMetrics } from '../../src-main/contract/records.ts';

/** A line of a chart over epochs. `dash` and `tone` tell lines apart; a colour may be given. */
export type ChartLine = {
  name: string;
  values: (number | null)[];
  tone?: 'main' | 'soft';
  colour?: string;
  dash?: number[];
};
export type ChartData = { x: number[]; lines: ChartLine[] };

export function lossChart(epochs: readonly EpochMetrics[]): ChartData {
  return {
    x: epochs.map(({ epoch }) => epoch),
    lines: [
      { name: 'validation', values: epochs.map(({ valLoss }) => valLoss), tone: 'main' },
      { name: 'training', values: epochs.map(({ trainLoss }) => trainLoss), tone: 'soft', dash: [6, 4] },
    ],
  };
}

export function recallChart(epochs: readonly EpochMetrics[]): ChartData {
  return {
    x: epochs.map(({ epoch }) => epoch),
    lines: [
      { name: 'WAR', values: epochs.map(({ valWar }) => 100 * valWar), tone: 'main' },
      { name: 'UAR', values: epochs.map(({ valUar }) => 100 * valUar), tone: 'soft', dash: [6, 4] },
    ],
  };
}

/** Accuracy alone, where there are no recalls of classes. */
export function warChart(epochs: readonly EpochMetrics[]): ChartData {
  const values = epochs.map(({ valWar }) => 100 * valWar);
  return { x: epochs.map(({ epoch }) => epoch), lines: [{ name: 'accuracy', values, tone: 'main' }] };
}

export function rateChart(epochs: readonly EpochMetrics[]): ChartData {
  return {
    x: epochs.map(({ epoch }) => epoch),
    lines: [{ name: 'learning rate', values: epochs.map(({ learningRate }) => learningRate), tone: 'main' }],
  };
}

/** Runs over one another, by epoch; a run that is over has no value. */
export function overlay(
  runs: readonly { name: string; epochs: readonly EpochMetrics[]; colour: string; dash: number[] }[],
  valueOf: (epoch: EpochMetrics) => number,
): ChartData {
  const x = [...new Set(runs.flatMap(({ epochs }) => epochs.map(({ epoch }) => epoch)))].sort((a, b) => a - b);
  return {
    x,
    lines: runs.map(({ name, epochs, colour, dash }) => {
      const values = new Map(epochs.map((epoch) => [epoch.epoch, valueOf(epoch)]));
      return { name, colour, dash, values: x.map((epoch) => values.get(epoch) ?? null) };
    }),
  };
}

/** CSS background of a piece of a line, dashed as the line is. `dash`: lengths of dashes and gaps in turn, in pixels. */
export function lineSample(colour: string, dash: readonly number[] = []): string {
  if (dash.length === 0) return colour;
  const ends = dash.map((_, i) => dash.slice(0, i + 1).reduce((sum, length) => sum + length, 0));
  const stops = ends.map((end, i) => `${i % 2 === 0 ? colour : 'transparent'} ${ends[i - 1] ?? 0}px ${end}px`);
  return `repeating-linear-gradient(to right, ${stops.join(', ')})`;
}

const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const DASHES = [[], [8, 4], [3, 3], [10, 3, 2, 3]];

/** After so many runs the same dash would come with the same colour again. */
const ROUND = 12;

/** Colour and dash of the runs that are compared: together they tell 24 apart, and dashes alone the first four. */
export function runLook(index: number): { colour: string; dash: number[] } {
  const colour = COLOURS[index % COLOURS.length]!;
  return { colour, dash: DASHES[(index + Math.floor(index / ROUND)) % DASHES.length]! };
}
