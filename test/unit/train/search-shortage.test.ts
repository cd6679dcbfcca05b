import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../src-main/contract/errors.ts';
import type { MemoryMetrics, StepMetrics } from '../../../src-main/contract/records.ts';
import { openEngine, type Engine } from '../../../src-main/engine/select.ts';
import type { TemporalWeights, ValBatch } from '../../../src-main/train/bilevel-problem.ts';
import { searchMethod } from '../../../src-main/train/pooling-search/methods.ts';
import { searchProblem } from '../../../src-main/train/pooling-search/search-problem.ts';
import { searchSpace } from '../../../src-main/train/pooling-search/search-space.ts';
import { supernetCard } from '../../../src-main/train/pooling-search/supernet-card.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import { valPasses } from '../../../src-main/train/val-passes.ts';
import { learnedProblem, NONE, oracleRun, type OracleTask } from '../../support/toy-augmentation.ts';
import { toyPoolingCard } from '../../support/toy-pooling.ts';
import { toySearchConfig, trainToySearch, type ToySearch } from '../../support/toy-pooling-search.ts';
import type { MemorySink } from '../../support/toy-training.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await openEngine({ engine: 'wasm', threads: 1 });
});

afterAll(async () => {
  await engine.close();
});

/** A problem whose losses find no memory for more than so many videos at a time. */
function short<Outer>(problem: TemporalWeights<Outer>, most: number): TemporalWeights<Outer> {
  return {
    ...problem,
    innerLoss: (forward, outer, choice) => {
      if (choice.draws.length > most) throw new AppError('out-of-memory', 'full');
      return problem.innerLoss(forward, outer, choice);
    },
  };
}

const shortages = ({ metrics }: MemorySink) =>
  metrics.filter((record): record is MemoryMetrics => record.kind === 'memory');
const steps = ({ metrics }: MemorySink) => metrics.filter((record): record is StepMetrics => record.kind === 'step');
const withoutShortages = ({ numbers }: MemorySink) => numbers.filter((record) => !('reason' in (record as object)));

describe('a pooling search that memory cannot hold', () => {
  const task: ToySearch = { units: 4, pictures: 128, epochs: 2, method: 'spos', supernets: 1, seed: 1 };

  function problemOf({ method: name, ...search }: ToySearch) {
    const space = searchSpace(toyPoolingCard(search.units).pooling);
    const method = searchMethod(name, space, search.supernets);
    if (method.kind === 'direct') throw new Error('nothing to train');
    return searchProblem({ space, method, config: toySearchConfig(search) });
  }

  it('trains each batch in halves of one path, and tells the method of it once', async () => {
    const whole = await trainToySearch(task);
    const halved = await trainToySearch(task, { problem: short(problemOf(task), 8) });
    expect(shortages(halved.sink).map(({ batch, accumulate }) => [batch, accumulate])).toEqual([
      [16, 2],
      [8, 4],
    ]);
    const paths = ({ sink }: typeof whole) => steps(sink).map(({ search }) => search!.trained);
    expect(paths(halved)).toEqual(paths(whole));
    expect(halved.state.counts).toEqual(whole.state.counts);
    expect(halved.state.passes).toBe(whole.state.passes);
  });

  it('measures a validation batch in halves where memory runs out there, and leaves nothing behind', async () => {
    const plain = toyPoolingCard(task.units);
    const measured: number[] = [];
    const chain: typeof plain.chain = (options) => {
      const { head, ...rest } = plain.chain(options);
      const apply: typeof head.apply = (x, params, mode) => {
        if (!mode.training && x.shape[0] > 9) throw new AppError('out-of-memory', 'full');
        if (!mode.training) measured.push(x.shape[0]);
        return head.apply(x, params, mode);
      };
      return { ...rest, head: { ...head, apply } };
    };
    const before = memory().numTensors;
    const { sink } = await trainToySearch(task, { card: supernetCard({ ...plain, chain }, 1) });
    expect(memory().numTensors).toBe(before);
    expect(measured).toEqual(steps(sink).flatMap(() => [8, 8, 8, 8]));
    expect(shortages(sink)).toEqual([]);
  });

  it.each(['balanced-mixture', 'darts'] as const)(
    'with %s, goes on as one that knew of it from the start, and leaves nothing behind',
    async (method) => {
      const search = { ...task, method };
      const before = memory().numTensors;
      const halved = await trainToySearch(search, { problem: short(problemOf(search), 8) });
      const known = await trainToySearch(search, { smallerPasses: { videos: 8, reason: 'known' } });
      expect(memory().numTensors).toBe(before);
      expect(withoutShortages(halved.sink)).toEqual(withoutShortages(known.sink));
      expect(halved.state).toEqual(known.state);
      expect(halved.checkpoint.tensors).toEqual(known.checkpoint.tensors);
    },
  );
});

describe('learning to augment where memory cannot hold a batch', () => {
  const task: OracleTask = { nuisance: NONE, frames: 1, seed: 1, epochs: 1, network: 'affine', pictures: 96 };

  it('takes the outer step in the same halves, as a run that knew of it from the start', async () => {
    const before = memory().numTensors;
    const known = oracleRun(task);
    const halved = oracleRun(task, short(learnedProblem(task), 6) as typeof known.problem);
    await trainRun({ ...known, smallerPasses: { videos: 6, reason: 'known' } });
    const { passVideos } = await trainRun(halved);
    expect(memory().numTensors).toBe(before);
    expect(passVideos).toBe(6);
    expect(shortages(halved.sink).map(({ batch }) => batch)).toEqual([12, 6]);
    const [one, other] = [known, halved].map(({ sink }) => sink.checkpoints.get('last')!.tensors);
    expect(Object.keys(one!)).toContain('outer.theta.dense3.kernel');
    expect(other).toEqual(one);
  });
});

describe('a validation batch', () => {
  const [n, size] = [5, 12];
  const batch = { bytes: Uint8Array.from({ length: n * size }, (_, i) => i), shape: [n, 1, 2, 2, 3] } as const;
  const whole = {
    ...{ labels: [0, 1, 2, 3, 4], realFrames: [1, 1, 1, 1, 1] },
    batch: { ...batch, shape: [...batch.shape] },
  } as unknown as ValBatch;

  it('goes through the network in passes that hold every clip once', () => {
    const passes = valPasses({ ...whole, passClips: 2 });
    expect(passes.map(({ labels }) => labels)).toEqual([[0, 1], [2], [3, 4]]);
    expect(passes.map(({ batch: { shape } }) => shape[0])).toEqual([2, 1, 2]);
    expect(passes.flatMap(({ batch: { bytes } }) => [...bytes])).toEqual([...batch.bytes]);
    expect(passes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    expect(valPasses({ ...whole, passClips: null })).toEqual([{ ...whole, passClips: null, share: 1 }]);
  });
});
