/**
 * Scores of the cells of each item, kept as running averages, and what is sampled from them (algorithms.md 1.2 eq. 7,
 * 4.4, 5.1). An item is a video, or a class in a video, and its cells are clip positions.
 *
 *   write    q_i <- q_i + u_i (score - q_i)     for each neighbour i of the scored cell, u_i its share
 *   sample   i ~ softmax(gamma q)
 *
 * A cell that was never written counts as the mean of the written ones (algorithms.md 1.10), so a fresh table is
 * uniform and stays so until it has seen two different scores.
 */
import { z } from 'zod';
import type { Rng } from '../../data/rng.ts';

/** A cell that takes `share` of a new score: 1 replaces the old value, 0 keeps it. */
export type Neighbour = { cell: number; share: number };

/** Scores of each item's cells as JSON; null was never written. */
export const storedScoresSchema = z.record(z.string(), z.array(z.number().nullable()));
export type StoredScores = z.infer<typeof storedScoresSchema>;

export class ScoreTable {
  /** NaN: never written. */
  readonly #rows: Map<string, Float64Array>;

  /** @param cells - number of cells of each item */
  constructor(cells: Iterable<readonly [id: string, count: number]>) {
    this.#rows = new Map(Array.from(cells, ([id, count]) => [id, new Float64Array(count).fill(NaN)]));
  }

  static restore(stored: StoredScores): ScoreTable {
    const table = new ScoreTable([]);
    for (const [id, row] of Object.entries(stored))
      table.#rows.set(
        id,
        Float64Array.from(row, (q) => q ?? NaN),
      );
    return table;
  }

  serialize(): StoredScores {
    const asJson = (row: Float64Array) => Array.from(row, (q) => (Number.isNaN(q) ? null : q));
    return Object.fromEntries(Array.from(this.#rows, ([id, row]) => [id, asJson(row)]));
  }

  /** Current scores of an item [cells]; all 0 when none was written. */
  scores(id: string): Float64Array {
    const row = this.#row(id);
    const mean = meanOfWritten(row) ?? 0;
    return row.map((q) => (Number.isNaN(q) ? mean : q));
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  isWritten(id: string, cell: number): boolean {
    return !Number.isNaN(this.#row(id)[cell]);
  }

  /** Moves the neighbours of a scored cell towards its score. */
  write(id: string, score: number, neighbours: Iterable<Neighbour>): void {
    const row = this.#row(id);
    const unwritten = meanOfWritten(row) ?? score;
    for (const { cell, share } of neighbours) {
      if (share === 0) continue;
      const old = Number.isNaN(row[cell]) ? unwritten : row[cell]!;
      row[cell] = share === 1 ? score : old + share * (score - old);
    }
  }

  #row(id: string): Float64Array {
    const row = this.#rows.get(id);
    if (row === undefined) throw new Error(`Score table: no item ${id}.`);
    return row;
  }
}

/**
 * softmax(gamma q) relative to the uniform distribution: N y, with mean 1. Exactly 1 everywhere for gamma 0 and for
 * equal scores, so that a method driven by it is then bit for bit the uniform one. With gamma Infinity only the largest
 * score weighs, or all that equal it.
 */
export function relativeWeights(scores: Float64Array, gamma: number): Float64Array {
  const peak = scores.reduce((high, q) => Math.max(high, q), -Infinity);
  const powers = scores.map((q) => (q === peak ? 1 : Math.exp(gamma * (q - peak))));
  const mean = sum(powers) / powers.length;
  return powers.map((power) => power / mean);
}

/** Draws a cell in proportion to `weights` [cells]; takes one number from `rng` whatever they are. */
export function drawCell(weights: Float64Array, rng: Rng): number {
  let left = rng.next() * sum(weights);
  const cell = weights.findIndex((weight) => (left -= weight) < 0);
  // Why: rounding can leave a little over after the last cell.
  return cell >= 0 ? cell : weights.findLastIndex((weight) => weight > 0);
}

/** Draws `count` times with replacement and keeps each drawn cell once, in the order of drawing: 1 to `count` cells. */
export function drawDistinct(weights: Float64Array, count: number, rng: Rng): number[] {
  return [...new Set(Array.from({ length: count }, () => drawCell(weights, rng)))];
}

function meanOfWritten(row: Float64Array): number | null {
  const written = row.filter((q) => !Number.isNaN(q));
  return written.length === 0 ? null : sum(written) / written.length;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
