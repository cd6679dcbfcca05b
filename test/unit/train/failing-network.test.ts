import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { modelCard } from '../../../models/index.ts';
import type { ModelCard } from '../../../models/types.ts';
import { clipPositions } from '../../../src-main/data/clip-positions.ts';
import { networkPasses, type ModelInstance } from '../../../src-main/data/network-passes.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { readPass } from '../../../src-main/data/score-video.ts';
import { openEngine, type Engine } from '../../../src-main/engine/select.ts';
import { wholeVideoGradient } from '../../../src-main/train/gradients.ts';
import { disposeNamed } from '../../../src-main/train/named-tensors.ts';
import { softmaxPooling } from '../../../src-main/train/temporal-weights/softmax.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import type { TrainingRun } from '../../../src-main/train/training-state.ts';
import { learnedProblem, NONE, oracleRun, type OracleTask } from '../../support/toy-augmentation.ts';
import { ArrayClips, linearCard, MemorySink, momentData, toyConfig } from '../../support/toy-training.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await openEngine({ engine: 'wasm', threads: 1 });
});

afterAll(async () => {
  await engine.close();
});

const SIZE = 16;

/** A network that fails behind its n-th pass. */
function failingAt(card: ModelCard, pass: number): ModelCard {
  let passes = 0;
  const create: ModelCard['create'] = (options) => {
    const model = card.create(options);
    const apply: typeof model.apply = (variables, clips, mode) => {
      const logits = model.apply(variables, clips, mode);
      passes++;
      if (passes === pass) throw new Error(`pass ${pass}`);
      return logits;
    };
    return { ...model, apply };
  };
  return { ...card, create };
}

const task: OracleTask = { nuisance: NONE, frames: 1, seed: 1, epochs: 1, network: 'affine', pictures: 24 };

function learned(goal: 'validation' | 'training' | 'adversarial'): TrainingRun {
  const own = { ...task, learned: { goal } };
  return {
    ...oracleRun(own, learnedProblem(own) as TrainingRun['problem']),
    smallerPasses: { videos: 10, reason: '' },
  };
}

function pooled(pooling: string): TrainingRun {
  const config = toyConfig([`pooling=${pooling}`, 'epochs=1', 'batch=2']);
  return { ...momentData(1, { train: 2, val: 2, frames: 8 }), config, card: linearCard, sink: new MemorySink() };
}

it.each([
  ['an augmenter that validation moves', () => learned('validation')],
  ['an augmenter that training moves', () => learned('training')],
  ['an adversary', () => learned('adversarial')],
  ['whole videos', () => pooled('max')],
  ['drawn clips', () => pooled('stochastic-softmax')],
])('with %s, leaves no tensor behind wherever the network fails', async (_, runOf) => {
  const before = memory().numTensors;
  let failed = true;
  let pass = 0;
  while (failed) {
    const run = runOf();
    pass++;
    failed = await trainRun({ ...run, card: failingAt(run.card, pass) }).then(
      () => false,
      (error: unknown) => (error as Error).message === `pass ${pass}`,
    );
    expect([pass, memory().numTensors - before]).toEqual([pass, 0]);
  }
  expect(pass).toBeGreaterThan(2);
});

it('a whole video in many passes leaves no tensor behind wherever the network fails, penalties included', async () => {
  const published = modelCard('spatial-attention');
  const attention = { blocks: 2, hops: 2, penalty: 1 };
  const card: ModelCard = {
    ...published,
    create: (options) => published.create({ ...options, width: 1 / 32, attention }),
  };
  const positions = clipPositions({ runs: [{ start: 0, end: 9 }] }, 2);
  const draws = [{ video: { id: 'v', label: 1, positions }, cells: [...positions.starts.keys()], logitWeights: [] }];
  const problem = softmaxPooling({ gamma: 1 });
  const clips = new ArrayClips(new Map([['v', new Uint8Array(9 * SIZE * SIZE * 3).fill(90)]]));
  const gradientOf = (instance: ModelInstance) =>
    wholeVideoGradient(
      instance,
      {
        choice: { epoch: 1, draws },
        passes: networkPasses(card, positions, SIZE, 4 * SIZE * SIZE),
        read: (pass) => readPass(clips, 'v', pass, SIZE),
        ...{ augmentation: null, dropoutSeed: 1, scale: 1 },
      },
      (forward) => problem.innerLoss(forward, problem.initial([]), { epoch: 1, draws }),
    );
  let failures = 0;
  for (let failed = true; failed;) {
    const model = failingAt(card, failures + 1).create({ classes: 3, cropSize: SIZE, clipFrames: 2, dropout: 0 });
    const rng = new Rng(1);
    const variables = model.init(() => rng.next());
    const before = memory().numTensors;
    failed = await gradientOf({ card, model, variables }).then(
      ({ grads }) => (disposeNamed(grads), false),
      () => true,
    );
    expect([failures, memory().numTensors - before]).toEqual([failures, 0]);
    disposeNamed(variables.params);
    if (failed) failures++;
  }
  // Three passes forward, and three back.
  expect(failures).toBe(6);
});
