/** Invariants of algorithms.md 4.6 over the draws and scores of pseudo-labels. */
import { describe, expect, it } from 'vitest';
import { clipPositions } from '../../../src-main/data/clip-positions.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import type { ClipChoice, LabelledRef, VideoRef } from '../../../src-main/train/bilevel-problem.ts';
import {
  drawPseudoLabels,
  guessOf,
  initialPseudoScores,
  scoresOf,
  writePseudoScores,
} from '../../../src-main/train/pseudo-labels/pseudo-scores.ts';
import { semiWeak } from '../../../src-main/train/pseudo-labels/semi-weak.ts';
import { nearestOverlapping, temporalIoU } from '../../../src-main/train/temporal-weights/neighbourhood.ts';
import { ScoreTable } from '../../../src-main/train/temporal-weights/score-table.ts';
import { toyConfig } from '../../support/toy-training.ts';

const L = 4;
const N = 9;
const positions = clipPositions({ runs: [{ start: 0, end: N + L - 1 }] }, L);
const weak: LabelledRef = { id: 'v', label: 1, positions, supervision: 'label' };
const unlabelled: VideoRef = { id: 'u', label: null, positions, supervision: 'none', candidates: [0, 1, 2] };
const labelled: LabelledRef = { id: 'm', label: 2, positions, supervision: 'moment' };

const configOf = (...pairs: string[]) => toyConfig(['labels=semi-weak', ...pairs]);
const config = configOf().semiWeak;

/** Chi-square of counts against probabilities. */
function chiSquare(counts: readonly number[], probabilities: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce(
    (sum, count, i) => sum + (count - total * probabilities[i]!) ** 2 / (total * probabilities[i]!),
    0,
  );
}

function softmax(scores: readonly number[], gamma: number): number[] {
  const powers = scores.map((score) => Math.exp(gamma * score));
  return powers.map((power) => power / powers.reduce((sum, p) => sum + p, 0));
}

/** How often each position, or pair of class and position, came in draws of one segment. */
function frequencies(table: ScoreTable, video: VideoRef, ...pairs: string[]): number[] {
  const { semiWeak: one } = configOf('semiWeak.segments=1', ...pairs);
  const rng = new Rng(7);
  const counts = new Array<number>(N * (video.candidates?.length ?? 1)).fill(0);
  for (let i = 0; i < 30_000; i++) {
    const [draw] = drawPseudoLabels(table, video, rng, one);
    counts[(video.candidates ? draw!.video.label * N : 0) + draw!.cells[0]!]!++;
  }
  return counts;
}

describe('draws of pseudo-labels', () => {
  it('are uniform before anything was scored, over positions and over pairs of class and position', () => {
    const table = initialPseudoScores([weak, unlabelled]);
    expect(chiSquare(frequencies(table, weak), new Array<number>(N).fill(1 / N))).toBeLessThan(26);
    const pairs = frequencies(table, unlabelled);
    expect(chiSquare(pairs, new Array<number>(3 * N).fill(1 / (3 * N)))).toBeLessThan(55);
  });

  it('come as often as softmax(gamma S) says (chi-square)', () => {
    const scores = [0, 0.5, 1, 0.2, -0.4, 0.9, 0.3, 0, 0.6];
    const table = ScoreTable.restore({ 'v 1': scores });
    expect(chiSquare(frequencies(table, weak), softmax(scores, 2.5))).toBeLessThan(26);
  });

  it('of an unlabelled video come by the softmax over positions and classes together', () => {
    const rows = [0, 1, 2].map((k) => Array.from({ length: N }, (_, i) => Math.sin(3 * k + i) / 2));
    const table = ScoreTable.restore(Object.fromEntries(rows.map((row, k) => [`u ${k}`, row])));
    const counts = frequencies(table, unlabelled);
    expect(chiSquare(counts, softmax(rows.flat(), 2.5))).toBeLessThan(55);
  });

  it('are uniform at gamma 0 whatever the scores', () => {
    const table = ScoreTable.restore({ 'v 1': [9, 0, 0, 0, 5, 0, 0, 0, -9] });
    const counts = frequencies(table, weak, 'semiWeak.gamma=0');
    expect(chiSquare(counts, new Array<number>(N).fill(1 / N))).toBeLessThan(26);
  });

  it('are 1 to n distinct segments whose shares of the loss sum to 1, and take n random numbers', () => {
    const table = ScoreTable.restore({ 'v 1': [0.8, 0.4, 0, 0, 0, 0, 0, 0, 0] });
    const { semiWeak: five } = configOf('semiWeak.segments=5');
    const [rng, counter] = [new Rng(3), new Rng(3)];
    const sizes = new Set<number>();
    for (let i = 0; i < 300; i++) {
      const draws = drawPseudoLabels(table, weak, rng, five);
      for (let n = 0; n < 5; n++) counter.next();
      const cells = draws.map((draw) => draw.cells[0]!);
      expect(new Set(cells).size).toBe(cells.length);
      expect(draws.reduce((sum, { share }) => sum + share!, 0)).toBeCloseTo(1, 12);
      sizes.add(cells.length);
    }
    expect(rng.state).toEqual(counter.state);
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([1, 5]);
  });

  it('by arg-max are the best segment, one of the best at random where several are', () => {
    const best = (scores: number[]) => {
      const table = ScoreTable.restore({ 'v 1': scores });
      return frequencies(table, weak, 'semiWeak.method=arg-max');
    };
    expect(best([0, 1, 3, 2, 0, 0, 0, 0, 0])).toEqual([0, 0, 30_000, 0, 0, 0, 0, 0, 0]);
    const tied = best([3, 1, 3, 2, 0, 0, 0, 0, 0]);
    expect(tied[0]! + tied[2]!).toBe(30_000);
    expect(Math.min(tied[0]!, tied[2]!)).toBeGreaterThan(14_000);
  });

  it('are never made of a video with a labelled moment, whose scores are not kept', () => {
    const problem = semiWeak(configOf('semiWeak.segments=4', 'clipsPerVideo=2'));
    const table = problem.initial([labelled, weak]);
    expect(Object.keys(table.serialize())).toEqual(['v 1']);
    const { draws } = problem.draw(table, { epoch: 1, videos: [labelled] }, new Rng(1));
    expect(draws.map(({ video, share }) => [video.label, share])).toEqual([
      [2, 0.5],
      [2, 0.5],
    ]);
    expect(problem.snapshot(table, labelled)).toEqual([]);
  });
});

describe('what a person rejected', () => {
  const scores = [3, 0.5, 1, 0.2, -0.4, 0.9, 0.3, 0, 0.6];
  const refused = (label: number, ...cells: number[]) => new Map([[label, new Set(cells)]]);
  const without = (video: LabelledRef, ...cells: number[]) => ({ ...video, rejected: refused(video.label, ...cells) });

  it('is not drawn, and the rest as often as softmax(gamma S) over it says', () => {
    const table = ScoreTable.restore({ 'v 1': scores });
    const open = softmax(scores.slice(2), 2.5);
    const counts = frequencies(table, without(weak, 0, 1));
    expect(counts.slice(0, 2)).toEqual([0, 0]);
    expect(chiSquare(counts.slice(2), open)).toBeLessThan(24);
    expect(frequencies(table, without(weak, 0, 1), 'semiWeak.gamma=0').slice(0, 2)).toEqual([0, 0]);
  });

  it('is not drawn by arg-max either, which takes the best of the rest', () => {
    const table = ScoreTable.restore({ 'v 1': scores });
    const counts = frequencies(table, without(weak, 0), 'semiWeak.method=arg-max');
    expect(counts).toEqual([0, 0, 30_000, 0, 0, 0, 0, 0, 0]);
  });

  it('of an unlabelled video may still be drawn as another class, and speaks for no class', () => {
    const rows = {
      'u 0': new Array<number>(N).fill(0),
      'u 1': [5, ...new Array<number>(N - 1).fill(0)],
      'u 2': scores,
    };
    const table = ScoreTable.restore(rows);
    const video = { ...unlabelled, rejected: refused(1, 0) };
    const counts = frequencies(table, video, 'semiWeak.gamma=0.1');
    expect(counts[N]).toBe(0);
    expect(Math.min(...counts.filter((_, i) => i !== N))).toBeGreaterThan(0);
    expect(guessOf(table, unlabelled, config).label).toBe(1);
    expect(guessOf(table, video, config).label).toBe(2);
  });

  it('is scored only where all of a video is', () => {
    const table = ScoreTable.restore({ 'v 1': scores });
    const { semiWeak: five } = configOf('semiWeak.segments=5');
    const draws = drawPseudoLabels(table, without(weak, ...positions.starts.keys()), new Rng(1), five);
    expect(draws).toEqual(
      drawPseudoLabels(table, weak, new Rng(1), five).map((draw) => ({
        ...draw,
        video: { ...draw.video, rejected: refused(1, ...positions.starts.keys()) },
        share: 0,
      })),
    );
  });

  it('takes as many random numbers as where nothing is, and leaves the draws of other classes alone', () => {
    const table = ScoreTable.restore({ 'v 1': scores });
    const [rng, other, plain] = [new Rng(3), new Rng(3), new Rng(3)];
    drawPseudoLabels(table, without(weak, 0, 1, 2), rng, config);
    const unlike = { ...weak, rejected: refused(2, 0, 1, 2) };
    const draws = drawPseudoLabels(table, unlike, other, config);
    expect(draws.map(({ cells, share }) => [cells, share])).toEqual(
      drawPseudoLabels(table, weak, plain, config).map(({ cells, share }) => [cells, share]),
    );
    expect([rng.state, other.state]).toEqual([plain.state, plain.state]);
  });
});

describe('the confidence of a guess', () => {
  const sure = {
    'u 0': new Array<number>(N).fill(0),
    'u 1': new Array<number>(N).fill(4),
    'u 2': new Array<number>(N).fill(0),
  };

  it('is the softmax over classes of their pooled scores', () => {
    const { label, confidence } = guessOf(ScoreTable.restore(sure), unlabelled, config);
    expect(label).toBe(1);
    expect(confidence).toBeCloseTo(softmax([0, 4, 0], 1)[1]!, 12);
  });

  it('pools a class by its best segments, so that one clear moment is enough', () => {
    const short = { ...sure, 'u 1': [0, 0, 0, 4, 0, 0, 0, 0, 0] };
    expect(guessOf(ScoreTable.restore(short), unlabelled, config).confidence).toBeGreaterThan(0.9);
  });

  it('decides which pairs count: those of the sure class, none where none is sure', () => {
    const table = ScoreTable.restore(sure);
    const { semiWeak: soft } = configOf('semiWeak.gamma=0.3', 'semiWeak.segments=6');
    const rng = new Rng(2);
    const draws = Array.from({ length: 50 }, () => drawPseudoLabels(table, unlabelled, rng, soft)).flat();
    expect(new Set(draws.map(({ video }) => video.label))).toEqual(new Set([0, 1, 2]));
    for (const { video, share } of draws) expect(share! > 0).toBe(video.label === 1);
    const unsure = drawPseudoLabels(initialPseudoScores([unlabelled]), unlabelled, rng, soft);
    expect(unsure.map(({ share }) => share)).toEqual(unsure.map(() => 0));
  });
});

describe('the update of scores', () => {
  const old = Array.from({ length: N }, (_, i) => i / 10);

  it('is .1 old + .9 logit where the segment is the same, and less by overlap in time', () => {
    const table = ScoreTable.restore({ 'v 1': old });
    writePseudoScores(table, weak, [{ cell: 4, clipLogits: [7, 2, 7] }], config);
    const scores = [...scoresOf(table, weak, 1)];
    expect(scores[4]).toBeCloseTo(0.1 * 0.4 + 0.9 * 2, 12);
    const iou = 3 / 5;
    expect(scores[3]).toBeCloseTo(0.3 + 0.9 * iou * (2 - 0.3), 12);
    expect(scores[5]).toBeCloseTo(0.5 + 0.9 * iou * (2 - 0.5), 12);
  });

  it('leaves segments that overlap less than minOverlap, and other runs, as they were', () => {
    const table = ScoreTable.restore({ 'v 1': old });
    writePseudoScores(table, weak, [{ cell: 4, clipLogits: [0, 5, 0] }], { scoreRate: 0.9, minOverlap: 0.5 });
    const changed = [...scoresOf(table, weak, 1)].flatMap((score, cell) => (score === old[cell] ? [] : [cell]));
    expect(changed).toEqual([3, 4, 5]);
  });

  it('is a convex combination of old and new for every rate, overlap and score', () => {
    const rng = new Rng(5);
    for (let i = 0; i < 200; i++) {
      const before = Array.from({ length: N }, () => rng.normal());
      const score = 3 * rng.normal();
      const table = ScoreTable.restore({ 'v 1': before });
      const rates = { scoreRate: rng.next(), minOverlap: rng.next() };
      writePseudoScores(table, weak, [{ cell: rng.integer(N), clipLogits: [0, score, 0] }], rates);
      scoresOf(table, weak, 1).forEach((after, cell) => {
        expect(after).toBeGreaterThanOrEqual(Math.min(before[cell]!, score) - 1e-12);
        expect(after).toBeLessThanOrEqual(Math.max(before[cell]!, score) + 1e-12);
      });
    }
  });

  it('takes each segment from the drawn one that it overlaps most, once', () => {
    const reached = nearestOverlapping(positions, [2, 5], temporalIoU);
    expect(reached.map((neighbours) => neighbours.map(({ cell }) => cell))).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7, 8],
    ]);
    const table = ScoreTable.restore({ 'v 1': old });
    const drawn = [2, 5].map((cell, i) => ({ cell, clipLogits: [0, 10 * (i + 1), 0] }));
    writePseudoScores(table, weak, drawn, config);
    expect(scoresOf(table, weak, 1)[4]).toBeCloseTo(0.4 + 0.9 * (3 / 5) * (20 - 0.4), 12);
  });

  it('touches the label of a video only, and every class of an unlabelled one', () => {
    const problem = semiWeak(configOf());
    const table = problem.initial([weak, unlabelled]);
    const drawOf = (video: LabelledRef) => ({ video, cells: [0], logitWeights: [1], share: 1 });
    const choice: ClipChoice = { epoch: 1, draws: [drawOf(weak), drawOf({ ...unlabelled, label: 2 })] };
    const clipLogits = [[[1, 2, 3]], [[4, 5, 6]]];
    const unread = () => Promise.reject(new Error('validation data was read'));
    void problem.updateOuter(table, { choice, losses: [0, 0], clipLogits }, unread);
    expect(Object.keys(table.serialize())).toEqual(['v 1', 'u 0', 'u 1', 'u 2']);
    const first = (video: VideoRef, label: number) => scoresOf(table, video, label)[0];
    expect([first(weak, 1), ...[0, 1, 2].map((k) => first(unlabelled, k))]).toEqual([2, 4, 5, 6]);
  });

  it('of drawn pairs in the same place with two classes writes each class once', () => {
    const table = ScoreTable.restore({ 'u 0': old, 'u 1': old, 'u 2': old });
    const drawn = [3, 3].map((cell) => ({ cell, clipLogits: [1, 1, 1] }));
    writePseudoScores(table, unlabelled, drawn, config);
    for (const label of [0, 1, 2]) expect(scoresOf(table, unlabelled, label)[3]).toBeCloseTo(0.03 + 0.9, 12);
  });
});

describe('the scores of a checkpoint', () => {
  it('are the same after a way through JSON', () => {
    const problem = semiWeak(configOf());
    const table = problem.initial([weak, unlabelled]);
    writePseudoScores(table, unlabelled, [{ cell: 2, clipLogits: [1 / 3, 2, -1] }], config);
    const copy = problem.restore(JSON.parse(JSON.stringify(problem.serialize(table))));
    expect(problem.serialize(copy)).toEqual(problem.serialize(table));
    expect(problem.snapshot(copy, unlabelled)).toEqual([...scoresOf(table, unlabelled, 1)]);
  });
});
