import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine, type Engine } from '../../../src-main/engine/select.ts';
import type { EpochChanges } from '../../../src-main/train/augmentation/change-record.ts';
import { learnedAugmentation } from '../../../src-main/train/augmentation/learned-augmentation.ts';
import { temporalWeights } from '../../../src-main/train/temporal-weights/methods.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import {
  NONE,
  oracleConfig,
  oracleRun,
  shownRotationDeg,
  trainOracle,
  wantedShift,
  type OracleTask,
} from '../../support/toy-augmentation.ts';
import { MemorySink } from '../../support/toy-training.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await openEngine({ engine: 'wasm', threads: 1 });
});

afterAll(async () => {
  await engine.close();
});

const quick: OracleTask = { nuisance: NONE, frames: 1, seed: 1, epochs: 2, network: 'affine', pictures: 360 };
/** Mean of a parameter over the last three epochs. */
const settled = (changes: readonly EpochChanges[], parameter: number) =>
  changes.slice(-3).reduce((sum, { mean }) => sum + mean[parameter]! / 3, 0);

/** A sink that stops the run behind a step. */
class StoppingSink extends MemorySink {
  readonly controller = new AbortController();
  readonly #after: number;

  constructor(after: number) {
    super();
    this.#after = after;
  }

  override async appendMetrics(record: Parameters<MemorySink['appendMetrics']>[0]): Promise<void> {
    await super.appendMetrics(record);
    if (record.kind === 'step' && record.step === this.#after) this.controller.abort();
  }
}

describe('validation pictures that training lacks', () => {
  it.each([
    [1.5, 1],
    [-1.5, 2],
  ])('shifted by %f pixels: the learned mean goes there (seed %i)', async (shiftX, seed) => {
    const nuisance = { ...NONE, shiftX };
    const { changes } = await trainOracle({ nuisance, frames: 1, seed, epochs: 7, network: 'translation' });
    expect(Math.abs(settled(changes, 0) - wantedShift(nuisance))).toBeLessThan(0.12);
    expect(Math.abs(settled(changes, 1))).toBeLessThan(0.12);
  });

  it('rotated, of clips: the learned mean goes there', async () => {
    const nuisance = { ...NONE, rotationDeg: 25 };
    const shared = { nuisance, frames: 2, network: 'rotation', pictures: 1200 } as const;
    const task: OracleTask = { ...shared, seed: 1, epochs: 5, learned: { learningRate: 0.05, weightDecay: 1e-4 } };
    const { changes } = await trainOracle(task);
    expect(Math.abs(shownRotationDeg(changes.at(-1)!) - 25)).toBeLessThan(10);
  });
});

describe('a run that learns to augment', () => {
  it('repeats exactly with a seed, differs with another, and leaks no tensor', async () => {
    for (const goal of ['validation', 'training', 'adversarial', 'fixed'] as const) {
      const task = { ...quick, epochs: 1, learned: { goal } };
      const before = memory().numTensors;
      const [one, same] = [await trainOracle(task), await trainOracle(task)];
      expect(memory().numTensors).toBe(before);
      expect(same.sink.numbers).toEqual(one.sink.numbers);
      expect(same.changes).toEqual(one.changes);
      const other = await trainOracle({ ...task, seed: 2 });
      expect(other.sink.numbers).not.toEqual(one.sink.numbers);
    }
  });

  it.each([9, 20])('goes on after an interruption behind step %i with the same numbers', async (after) => {
    const whole = await trainOracle(quick);
    const sink = new StoppingSink(after);
    await expect(trainOracle(quick, { sink }, { signal: sink.controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    const resumed = await trainOracle(quick, { sink, resumeFrom: sink.checkpoints.get('last')! });
    expect(resumed.sink.numbers).toEqual(whole.sink.numbers);
    expect(resumed.changes).toEqual(whole.changes);
    expect(sink.checkpoints.get('last')!.tensors).toEqual(whole.sink.checkpoints.get('last')!.tensors);
  });

  it('is plain training with an augmenter that stays at its start', async () => {
    const fixed = await trainOracle({ ...quick, learned: { goal: 'fixed' } });
    const plain = { ...oracleRun(quick), problem: temporalWeights(oracleConfig(quick)) };
    await trainRun(plain);
    const losses = (sink: MemorySink) => sink.epochs.map(({ trainLoss, valLoss }) => [trainLoss, valLoss]);
    losses(plain.sink).forEach((pair, epoch) =>
      pair.forEach((loss, i) => expect(losses(fixed.sink)[epoch]![i]).toBeCloseTo(loss, 4)),
    );
  });

  it('refuses pooling methods that train on whole videos', () => {
    const config = { ...oracleConfig(quick), pooling: 'max' as const };
    const setting = { network: 'affine', goal: 'fixed', flip: false, seed: 1, learningRate: 0, momentum: 0 } as const;
    expect(() => learnedAugmentation(temporalWeights(config), { ...setting, weightDecay: 0 })).toThrow('drawn clips');
  });
});
