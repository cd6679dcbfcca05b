/** Invariants 8-11 of algorithms.md 1.11 and the score table behind them. */
import { describe, expect, it } from 'vitest';
import { clipPositions } from '../../../src-main/data/clip-positions.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import type { ClipChoice, VideoRef } from '../../../src-main/train/bilevel-problem.ts';
import { explorationCells, explorationRadius } from '../../../src-main/train/temporal-weights/exploration.ts';
import { overlapping, withinRadius } from '../../../src-main/train/temporal-weights/neighbourhood.ts';
import { phaseOf } from '../../../src-main/train/temporal-weights/phases.ts';
import { drawCell, relativeWeights, ScoreTable } from '../../../src-main/train/temporal-weights/score-table.ts';
import { stochasticSoftmax } from '../../../src-main/train/temporal-weights/stochastic-softmax.ts';

const L = 4;
const oneRun = (frames: number) => clipPositions({ runs: [{ start: 0, end: frames }] }, L);
const config = { gamma: 1, clipsPerVideo: 1, stochasticSoftmax: { warmupEpochs: 2, explorationEpochs: 5 } };

/** What training would tell after a choice, when the clip at cell c scores scoreOf(c) for the true class 0. */
const seen = (choice: ClipChoice, scoreOf: (cell: number) => number) => ({
  choice,
  losses: choice.draws.map(() => 1),
  clipLogits: choice.draws.map(({ cells }) => cells.map((cell) => [scoreOf(cell), 0])),
});
const noValidation = () => Promise.reject(new Error('temporal weights read validation data'));

describe('invariant 8: the initial distribution', () => {
  it('is exactly uniform over all starts', () => {
    const table = new ScoreTable([['v', 7]]);
    expect([...relativeWeights(table.scores('v'), 3)]).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  it('draws starts in proportion to the weights (chi-square)', () => {
    const weights = relativeWeights(Float64Array.from([0, 1, 2, 0.5]), 1);
    const rng = new Rng(1);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 20_000; i++) counts[drawCell(weights, rng)]!++;
    const chiSquare = counts.reduce((sum, count, cell) => {
      const expected = (20_000 * weights[cell]!) / 4;
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    expect(chiSquare).toBeLessThan(16.3);
  });

  it('draws as rng.integer does when the weights are equal, and one number either way', () => {
    const [a, b, c] = [new Rng(5), new Rng(5), new Rng(5)];
    const flat = relativeWeights(Float64Array.from([3, 9, -2, 7, 1, 4, 8]), 0);
    const sharp = relativeWeights(Float64Array.from([3, 9, -2, 7, 1, 4, 8]), 2);
    for (let i = 0; i < 200; i++) {
      expect(drawCell(flat, a)).toBe(b.integer(7));
      drawCell(sharp, c);
    }
    expect(a.state).toEqual(c.state);
  });

  it('puts all weight on the largest score as gamma grows', () => {
    expect([...relativeWeights(Float64Array.from([1, 5, 3]), 1e6)]).toEqual([0, 3, 0]);
  });
});

describe('invariant 9: the update kernel', () => {
  const positions = oneRun(20);
  const shareAt = (centre: number, cell: number) =>
    overlapping(positions, centre).find((neighbour) => neighbour.cell === cell)?.share ?? 0;

  it('is 1 at the centre, symmetric, within [0, 1], the share of common frames, and 0 from distance L on', () => {
    expect(shareAt(8, 8)).toBe(1);
    for (let d = 0; d <= 6; d++) {
      expect(shareAt(8, 8 + d)).toBe(shareAt(8, 8 - d));
      expect(shareAt(8, 8 + d)).toBeCloseTo(Math.max(0, (L - d) / L), 12);
    }
  });

  it('leaves cells beyond it unchanged and moves the others between old value and score', () => {
    const old = Array.from({ length: 17 }, (_, cell) => Math.sin(cell));
    const table = ScoreTable.restore({ v: old });
    table.write('v', 2, overlapping(positions, 8));
    table.scores('v').forEach((q, cell) => {
      if (Math.abs(cell - 8) >= L) expect(q).toBe(old[cell]);
      else expect(q >= old[cell]! && q <= 2).toBe(true);
    });
    expect(table.scores('v')[8]).toBe(2);
  });

  it('after n equal scores holds beta^n q0 + (1 - beta^n) f with beta = 1 - u', () => {
    const table = ScoreTable.restore({ v: new Array<number>(17).fill(0.5) });
    for (let n = 1; n <= 30; n++) {
      table.write('v', 2, overlapping(positions, 8));
      for (const d of [0, 1, 2, 3]) {
        const beta = d / L;
        expect(table.scores('v')[8 + d]).toBeCloseTo(beta ** n * 0.5 + (1 - beta ** n) * 2, 10);
      }
    }
  });

  it('never crosses from one run into another', () => {
    const torn = clipPositions(
      {
        runs: [
          { start: 0, end: 6 },
          { start: 7, end: 14 },
        ],
      },
      L,
    );
    expect([...torn.starts]).toEqual([0, 1, 2, 7, 8, 9, 10]);
    expect(overlapping(torn, 2).map(({ cell }) => cell)).toEqual([0, 1, 2]);
    expect(withinRadius(torn, 3, 2).map(({ cell }) => cell)).toEqual([3, 4, 5]);
  });

  it('measures distance in frames where positions are strided', () => {
    const strided = clipPositions({ runs: [{ start: 0, end: 20 }] }, L, 2);
    expect(overlapping(strided, 3)).toEqual([
      { cell: 2, share: 0.5 },
      { cell: 3, share: 1 },
      { cell: 4, share: 0.5 },
    ]);
  });
});

describe('invariant 10: exploration', () => {
  it('visits X distinct, evenly spaced starts with the first and the last among them, and its reach covers all', () => {
    for (let x = 2; x <= 9; x++) {
      for (let n = x; n <= 70; n++) {
        const cells = explorationCells(n, x);
        expect(new Set(cells).size).toBe(x);
        expect([cells[0], cells.at(-1)]).toEqual([0, n - 1]);
        const radius = explorationRadius(n, x);
        for (let cell = 0; cell < n; cell++) expect(cells.some((visit) => Math.abs(visit - cell) <= radius)).toBe(true);
      }
    }
  });

  it('visits every start of a video that has fewer, and the middle where there is one visit', () => {
    expect(explorationCells(3, 5)).toEqual([0, 1, 2]);
    expect(explorationCells(9, 1)).toEqual([4]);
    expect(explorationRadius(9, 1)).toBeGreaterThanOrEqual(4);
  });

  it.each([1, 2])(
    'as it is drawn: X K different starts in X epochs of K = %d clips, then every cell has a score',
    (k) => {
      const video: VideoRef = { id: 'v', label: 0, positions: oneRun(40) };
      const problem = stochasticSoftmax({ ...config, clipsPerVideo: k });
      const outer = problem.initial([video]);
      const rng = new Rng(3);
      const visited: number[] = [];
      for (let epoch = 3; epoch <= 7; epoch++) {
        const choice = problem.draw(outer, { epoch, videos: [video] }, rng);
        visited.push(...choice.draws[0]!.cells);
        void problem.updateOuter(
          outer,
          seen(choice, (cell) => cell),
          noValidation,
        );
      }
      expect(new Set(visited).size).toBe(5 * k);
      expect(visited.toSorted((a, b) => a - b)).toEqual(explorationCells(37, 5 * k));
      expect(Array.from({ length: 37 }, (_, cell) => outer.table.isWritten('v', cell))).not.toContain(false);
    },
  );
});

describe('invariant 10 with a video that comes twice in a step, as balance=sampling has it', () => {
  const video: VideoRef = { id: 'v', label: 0, positions: oneRun(40) };

  /** Starts that the exploration visits where each of `requests` is drawn before any of them is seen. */
  function visitedBy(requests: readonly VideoRef[][], clipsPerVideo: number, seed: number): number[] {
    const problem = stochasticSoftmax({ ...config, clipsPerVideo });
    const outer = problem.initial([video]);
    const rng = new Rng(seed);
    const visited = new Set<number>();
    for (let epoch = 3; epoch <= 7; epoch++) {
      const choices = requests.map((videos) => problem.draw(outer, { epoch, videos }, rng));
      for (const choice of choices) {
        for (const cell of choice.draws.flatMap(({ cells }) => cells)) visited.add(cell);
        void problem.updateOuter(
          outer,
          seen(choice, (cell) => cell),
          noValidation,
        );
      }
    }
    return [...visited].sort((a, b) => a - b);
  }

  it.each([
    ['in one batch', [[video, video]], 1],
    ['in two batches', [[video], [video]], 1],
    ['in one batch, two clips each', [[video, video]], 2],
  ] satisfies [string, VideoRef[][], number][])('%s: every start is visited all the same', (_, requests, k) => {
    for (let seed = 1; seed <= 40; seed++) expect(visitedBy(requests, k, seed)).toEqual(explorationCells(37, 5 * k));
  });
});

describe('invariant 11: phases', () => {
  it('change exactly after W and W + X epochs', () => {
    const names = Array.from({ length: 9 }, (_, i) => phaseOf(i + 1, config));
    expect(names).toEqual(['warm-up', 'warm-up', ...new Array<string>(5).fill('exploration'), 'softmax', 'softmax']);
  });

  it('leave the scores untouched in warm-up', () => {
    const video: VideoRef = { id: 'v', label: 0, positions: oneRun(12) };
    const problem = stochasticSoftmax(config);
    const outer = problem.initial([video]);
    const before = JSON.stringify(problem.serialize(outer));
    const choice = problem.draw(outer, { epoch: 2, videos: [video] }, new Rng(1));
    void problem.updateOuter(
      outer,
      seen(choice, () => 5),
      noValidation,
    );
    expect(JSON.stringify(problem.serialize(outer))).toBe(before);
  });

  it('have no exploration at gamma 0, when scores are never asked for', () => {
    expect(phaseOf(4, { ...config, gamma: 0 })).toBe('uniform');
  });
});

describe('score table', () => {
  it('treats unwritten cells as the mean of the written ones', () => {
    const table = new ScoreTable([['v', 4]]);
    expect([...table.scores('v')]).toEqual([0, 0, 0, 0]);
    table.write('v', 3, [{ cell: 1, share: 1 }]);
    expect([...table.scores('v')]).toEqual([3, 3, 3, 3]);
    table.write('v', 1, [{ cell: 0, share: 1 }]);
    expect([...table.scores('v')]).toEqual([1, 3, 2, 2]);
  });

  it('blends a first partial score with that mean', () => {
    const table = ScoreTable.restore({ v: [4, null] });
    table.write('v', 8, [{ cell: 1, share: 0.25 }]);
    expect([...table.scores('v')]).toEqual([4, 5]);
  });

  it('is the same after a way through JSON', () => {
    const table = ScoreTable.restore({ v: [0.1, null, -3e-7], w: [null] });
    table.write('v', 1 / 3, [{ cell: 0, share: 0.3 }]);
    const copy = ScoreTable.restore(JSON.parse(JSON.stringify(table.serialize())));
    expect(copy.serialize()).toEqual(table.serialize());
    expect(copy.isWritten('v', 1)).toBe(false);
  });

  it('is left alone by a share of 0', () => {
    const table = new ScoreTable([['v', 2]]);
    table.write('v', 9, [{ cell: 0, share: 0 }]);
    expect(table.isWritten('v', 0)).toBe(false);
  });
});
