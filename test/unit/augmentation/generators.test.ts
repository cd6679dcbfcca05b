import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine, type Engine } from '../../../src-main/engine/select.ts';
import { linearCard, MemorySink, momentData, toyConfig } from '../../support/toy-training.ts';
import { featureGenerator } from '../../../src-main/train/augmentation/feature-generator.ts';
import { policyAugmentation } from '../../../src-main/train/augmentation/policy-augmentation.ts';
import { recipeSchema, withRecipe } from '../../../src-main/train/augmentation/recipe.ts';
import {
  parseSequences,
  probabilitiesOf,
  SEQUENCE_CLASSES,
  SEQUENCE_OPERATIONS,
  sequenceGenerator,
} from '../../../src-main/train/augmentation/sequence-generator.ts';
import { lastStateSchema } from '../../../src-main/train/checkpoint.ts';
import type { TemporalWeights } from '../../../src-main/train/bilevel-problem.ts';
import { temporalWeights } from '../../../src-main/train/temporal-weights/methods.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await openEngine({ engine: 'wasm', threads: 1 });
});

afterAll(async () => {
  await engine.close();
});

const SETTINGS = [
  ...['pooling=average', 'augmentation=none', 'optimizer=sgd'],
  ...['learningRate=0.01', 'epochs=2', 'batch=6'],
];
const CONFIG = toyConfig(SETTINGS);

function run(problem: TemporalWeights, classes?: string[]) {
  const data = momentData(1, { train: 24, val: 6, frames: 16 });
  const relabelled = (label: number | null) => (classes === undefined ? label : label! % classes.length);
  const own = (videos: typeof data.trainVideos) =>
    videos.map((video) => ({ ...video, label: relabelled(video.label) }));
  const videos = { trainVideos: own(data.trainVideos), valVideos: own(data.valVideos) };
  const sink = new MemorySink();
  return { ...data, ...videos, classes: classes ?? data.classes, card: linearCard, config: CONFIG, sink, problem };
}

const problems: [string, () => TemporalWeights, string[]?][] = [
  ['features', () => featureGenerator(temporalWeights(CONFIG), { flip: true }) as TemporalWeights],
  ['sequences', () => sequenceGenerator(temporalWeights(CONFIG)) as TemporalWeights, SEQUENCE_CLASSES],
  [
    'a policy',
    () => {
      const policy = { draws: 'uniform', count: 2, level: 0.5 } as const;
      return policyAugmentation(temporalWeights(CONFIG), { policy, flip: true }) as TemporalWeights;
    },
  ],
];

describe.each(problems)('training with %s', (_, problem, classes) => {
  it('repeats exactly and leaks no tensor', async () => {
    const before = memory().numTensors;
    const [one, same] = [run(problem(), classes), run(problem(), classes)];
    await trainRun(one);
    await trainRun(same);
    expect(memory().numTensors).toBe(before);
    expect(same.sink.numbers).toEqual(one.sink.numbers);
    const plain = run(temporalWeights(CONFIG), classes);
    await trainRun(plain);
    expect(plain.sink.numbers).not.toEqual(one.sink.numbers);
  });

  it('stops at an epoch that is asked for, and goes on from there with the same numbers', async () => {
    const whole = run(problem(), classes);
    await trainRun(whole);
    const parts = run(problem(), classes);
    expect(await trainRun({ ...parts, untilEpoch: 1 })).toMatchObject({ epochs: 1, stopped: 'finished' });
    await trainRun({ ...parts, resumeFrom: parts.sink.checkpoints.get('last')! });
    expect(parts.sink.numbers).toEqual(whole.sink.numbers);
    expect(parts.sink.checkpoints.get('last')!.tensors).toEqual(whole.sink.checkpoints.get('last')!.tensors);
  });
});

it.each(['float32', 'mixed'])(
  'generated features teach the last layer from the second epoch on, in %s',
  async (precision) => {
    const config = toyConfig([...SETTINGS, `precision=${precision}`]);
    const plain = { ...run(temporalWeights(config)), config };
    const generated = { ...run(featureGenerator(temporalWeights(config), { flip: false }) as TemporalWeights), config };
    await trainRun(plain);
    await trainRun(generated);
    const losses = ({ sink }: typeof plain) => sink.epochs.map(({ valLoss }) => valLoss);
    expect(losses(generated)[0]).toBe(losses(plain)[0]);
    expect(losses(generated)[1]).not.toBe(losses(plain)[1]);
  },
);

it('sequences learn to move, and stay probabilities', async () => {
  const training = run(sequenceGenerator(temporalWeights(CONFIG)) as TemporalWeights, SEQUENCE_CLASSES);
  await trainRun(training);
  const { outer } = lastStateSchema.parse(training.sink.checkpoints.get('last')!.state);
  const probabilities = probabilitiesOf(parseSequences(outer));
  for (const row of probabilities) {
    expect(row).toHaveLength(SEQUENCE_OPERATIONS.length);
    expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
  }
  expect(new Set(probabilities.flat().map((share) => share.toFixed(6))).size).toBeGreaterThan(5);
});

it('a policy that does nothing is plain training', async () => {
  const recipe = recipeSchema.parse({
    ...{ version: 1, method: 'randaugment', kind: 'policy', flip: false },
    policy: { draws: 'uniform', count: 0, level: 1 },
  });
  const still = { ...run(temporalWeights(CONFIG)), ...withRecipe(CONFIG, recipe) };
  const plain = run(temporalWeights(CONFIG));
  await trainRun(still);
  await trainRun(plain);
  expect(still.sink.epochs.map(({ trainLoss }) => trainLoss)).toEqual(
    plain.sink.epochs.map(({ trainLoss }) => trainLoss),
  );
});
