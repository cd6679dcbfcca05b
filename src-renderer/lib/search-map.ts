/** The map of a search: where each configuration stands, and what its cell shows. */
import type { PoolingJson } from '../../src-main/contract/pooling-search.ts';
import type { SearchPicture, SpaceView } from '../../src-main/contract/window/pooling-search.ts';
import { countText, percentText } from './plain-numbers.ts';

export const MAP_MEASURES = ['accuracy', 'assignment', 'sampling'] as const;
export type MapMeasure = (typeof MAP_MEASURES)[number];

export type MapLayout = {
  rowsAre: string;
  columnsAre: string;
  rows: string[];
  columns: string[];
  /** Place of each configuration. */
  places: { row: number; column: number }[];
};

/** `share` 0..1 shades the cell, null leaves it empty. */
export type MapCell = { share: number | null; text: string; said: string };

type Keys = { row: string; column: string };

/** Space by time where both can be pooled, else the first scales by the last that is free. */
export function mapLayout(configurations: readonly PoolingJson[]): MapLayout {
  const keys = configurations.map(keysOf);
  const [rows, columns] = [[...new Set(keys.map(({ row }) => row))], [...new Set(keys.map(({ column }) => column))]];
  const both = configurations.some((one) => !Array.isArray(one));
  return {
    ...{ rows, columns },
    rowsAre: both ? 'Units at each scale of space' : 'Units before',
    columnsAre: both ? 'Units before time is halved' : 'Units at the scale before the last',
    places: keys.map(({ row, column }) => ({ row: rows.indexOf(row), column: columns.indexOf(column) })),
  };
}

function keysOf(configuration: PoolingJson): Keys {
  if (Array.isArray(configuration))
    return { row: configuration.slice(0, -2).join(',') || 'all', column: String(configuration.at(-2) ?? 0) };
  const { space, time } = configuration;
  return { row: space.join(','), column: time.length === 1 ? 'never' : time.slice(0, -1).join(',') };
}

/** The configuration that stands a step away, or the same at the edge. */
export function neighbour({ places }: MapLayout, from: number, step: { row: number; column: number }): number {
  const at = places[from]!;
  const ahead = places
    .map((place, c) => ({ c, row: place.row - at.row, column: place.column - at.column }))
    .filter(({ row, column }) =>
      step.row === 0 ? row === 0 && column * step.column > 0 : column === 0 && row * step.row > 0,
    );
  const distance = ({ row, column }: { row: number; column: number }) => Math.abs(row) + Math.abs(column);
  return (
    ahead.reduce<{ c: number; row: number; column: number } | null>(
      (best, one) => (best === null || distance(one) < distance(best) ? one : best),
      null,
    )?.c ?? from
  );
}

/** The best known accuracy on shared weights: of full validation, else running; null before the first. */
export function sharedAccuracy({ evaluated, running, scores, scoresAre }: Shown, c: number): number | null {
  const largest = (row: readonly (number | null)[] | undefined) => {
    const known = (row ?? []).filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
  const own = scoresAre === 'accuracy' ? (scores?.[c] ?? null) : null;
  return largest(evaluated[c]) ?? own ?? largest(running[c]);
}

type Shown = Pick<SearchPicture, 'evaluated' | 'running' | 'scores' | 'scoresAre' | 'assignment' | 'counts' | 'alone'>;

/** The cells of all configurations. */
export function mapCells(picture: Shown, measure: MapMeasure): MapCell[] {
  if (measure === 'sampling') return samplingCells(picture);
  if (measure === 'assignment' && picture.assignment !== null) return picture.assignment.map(assignmentCell);
  return accuracyCells(picture);
}

function accuracyCells(picture: Shown): MapCell[] {
  const probable = picture.scoresAre === 'probability';
  const alone = new Map(picture.alone.map(({ configuration, validation }) => [configuration, validation]));
  const values = picture.counts.map((_, c) =>
    probable ? (picture.scores?.[c] ?? null) : (sharedAccuracy(picture, c) ?? alone.get(c) ?? null),
  );
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return values.map((value) => {
    if (value === null) return { share: null, text: '', said: 'not measured yet' };
    const text = percentText(value, probable ? 1 : 0).replace(' %', '');
    const share = high > low ? (value - low) / (high - low) : 0.5;
    return { share, text, said: `${probable ? 'probability' : 'accuracy'} ${percentText(value, 1)}` };
  });
}

/** Shaded by how sure the assignment is: from all supernets alike to one alone. */
function assignmentCell(row: readonly number[]): MapCell {
  const most = Math.max(...row);
  const even = 1 / row.length;
  const supernet = row.indexOf(most) + 1;
  const share = row.length === 1 ? 0 : (most - even) / (1 - even);
  return { share, text: String(supernet), said: `supernet ${supernet} with ${percentText(most)}` };
}

function samplingCells({ counts }: Shown): MapCell[] {
  const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const most = Math.max(1, ...totals);
  return totals.map((total) => ({ share: total / most, text: countText(total), said: `trained in ${total} steps` }));
}

/** Share of each supernet over all configurations, of an assignment or of steps; even where balancing works. */
export function supernetShares(table: readonly (readonly number[])[]): number[] {
  const supernets = table[0]?.length ?? 0;
  const sums = Array.from({ length: supernets }, (_, m) => table.reduce((sum, row) => sum + row[m]!, 0));
  const total = sums.reduce((sum, value) => sum + value, 0);
  return sums.map((value) => (total === 0 ? 0 : value / total));
}

/** What to look at first: the winner, else the best so far, else the default. */
export function leading({ configurations, defaultIndex }: SpaceView, picture: SearchPicture): number {
  const { summary } = picture;
  if (summary !== null) return configurations.findIndex(({ poolAt }) => poolAt === summary.best.poolAt);
  const values = configurations.map((_, c) =>
    picture.evaluated[c]!.reduce<number>((high, v) => Math.max(high, v ?? 0), 0),
  );
  const best = Math.max(...values);
  return best === 0 ? defaultIndex : values.indexOf(best);
}
