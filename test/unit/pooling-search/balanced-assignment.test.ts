import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src-main/data/rng.ts';
import { assignmentRow, balance } from '../../../src-main/train/pooling-search/balanced-assignment.ts';

function randomScores(seed: number, configurations: number, supernets: number, spread = 0.1): number[][] {
  const rng = new Rng(seed);
  return Array.from({ length: configurations }, () =>
    Array.from({ length: supernets }, () => 0.6 + spread * rng.normal()),
  );
}

function marginals(probabilities: readonly number[][]): number[] {
  const supernets = probabilities[0]!.length;
  return Array.from(
    { length: supernets },
    (_, m) => probabilities.reduce((sum, row) => sum + row[m]!, 0) / probabilities.length,
  );
}

/** As algorithms.md 2.5 writes it, with plain numbers. */
function plainBalance(scores: readonly number[][], temperature: number): number[][] {
  let P = scores.map((row) => normal(row.map((a) => Math.exp(temperature * a))));
  const kl = (pi: number[]) => pi.reduce((sum, p) => sum + p * Math.log(p * pi.length), 0);
  for (let pi = marginals(P); kl(pi) > 1e-4; pi = marginals(P)) {
    const divisor = pi;
    P = P.map((row) => normal(row.map((p, m) => p / divisor[m]!)));
  }
  return P;
}

function normal(row: number[]): number[] {
  const total = row.reduce((sum, value) => sum + value, 0);
  return row.map((value) => value / total);
}

describe('balancing', () => {
  it.each([1, 10, 50])('agrees with the plain algorithm at temperature %d', (temperature) => {
    const scores = randomScores(1, 36, 4);
    const expected = plainBalance(scores, temperature).flat();
    balance(scores, temperature)
      .probabilities.flat()
      .forEach((p, i) => expect(p).toBeCloseTo(expected[i]!, 9));
  });

  it.each([1, 10, 100, 300, 3000])('keeps rows at 1 and marginals uniform at temperature %d', (temperature) => {
    for (const seed of [1, 2, 3]) {
      const { probabilities, corrections, converged } = balance(randomScores(seed, 36, 4), temperature);
      for (const row of probabilities) expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 10);
      expect(converged).toBe(true);
      for (const marginal of marginals(probabilities)) expect(Math.abs(marginal - 1 / 4)).toBeLessThan(0.01);
      expect(corrections.length).toBeLessThanOrEqual(1000);
    }
  });

  it('stops at its cap, where the plain numbers underflow', () => {
    const scores = Array.from({ length: 8 }, () => [1, 0, 0]);
    const { probabilities, converged, corrections } = balance(scores, 1e5, 3);
    expect(corrections.length).toBeLessThanOrEqual(3);
    expect(probabilities.flat().every(Number.isFinite)).toBe(true);
    expect(converged).toBe(true);
    expect(balance(randomScores(1, 36, 4), 300, 2)).toMatchObject({ converged: false });
  });

  it.each([
    ['temperature 0', randomScores(2, 36, 4), 0],
    ['constant scores', Array.from({ length: 36 }, () => [1, 1, 1, 1]), 100],
  ])('is uniform without a round at %s', (_, scores, temperature) => {
    const { probabilities, corrections } = balance(scores, temperature);
    expect(corrections).toEqual([]);
    for (const p of probabilities.flat()) expect(p).toBeCloseTo(1 / 4, 12);
  });

  it('does not see a constant added to a row, nor, once it has settled, to a column', () => {
    const scores = randomScores(3, 36, 4);
    const plain = balance(scores, 20).probabilities.flat();
    const rows = balance(
      scores.map((row, c) => row.map((a) => a + c)),
      20,
    ).probabilities.flat();
    const columns = balance(
      scores.map((row) => row.map((a, m) => a + 0.05 * m)),
      20,
    ).probabilities.flat();
    plain.forEach((p, i) => {
      expect(rows[i]).toBeCloseTo(p, 9);
      expect(Math.abs(columns[i]! - p)).toBeLessThan(0.02);
    });
  });

  it('replays its corrections on unchanged scores exactly', () => {
    const scores = randomScores(4, 36, 4);
    const { probabilities, corrections } = balance(scores, 100);
    expect(corrections.length).toBeGreaterThan(0);
    expect(scores.map((row) => assignmentRow(row, 100, corrections))).toEqual(probabilities);
  });

  it('gives one supernet everything without a round', () => {
    const { probabilities, corrections } = balance(randomScores(5, 36, 1), 100);
    expect(corrections).toEqual([]);
    expect(probabilities.flat()).toEqual(Array.from({ length: 36 }, () => 1));
  });

  it('shares the configurations out evenly at a large temperature', () => {
    const { probabilities } = balance(randomScores(6, 36, 4), 300);
    const winners = probabilities.map((row) => row.indexOf(Math.max(...row)));
    for (const m of [0, 1, 2, 3])
      expect(Math.abs(winners.filter((winner) => winner === m).length - 9)).toBeLessThanOrEqual(2);
  });
});
