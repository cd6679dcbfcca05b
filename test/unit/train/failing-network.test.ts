import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ModelCard } from '../../../models/types.ts';
import { openEngine, type Engine } from '../../../src-main/engine/select.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import type { TrainingRun } from '../../../src-main/train/training-state.ts';
import { learnedProblem, NONE, oracleRun, type OracleTask } from '../../support/toy-augmentation.ts';
import { linearCard, MemorySink, momentData, toyConfig } from '../../support/toy-training.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await openEngine({ engine: 'wasm', threads: 1 });
});

afterAll(async () => {
  await engine.close();
});

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
