import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { augmenter } from '../../../models/augmenter.ts';
import { openEngine, type Engine } from '../../../src-main/engine/select.ts';
import { hyperGradient } from '../../../src-main/train/augmentation/hyper-gradient.ts';
import type { LearnedOuter } from '../../../src-main/train/augmentation/learned-augmentation.ts';
import {
  adversarialGradient,
  clipsGradient,
  pulledBack,
  shownClips,
  trainingGradient,
} from '../../../src-main/train/augmentation/outer-gradients.ts';
import type { InnerStep } from '../../../src-main/train/bilevel-problem.ts';
import { disposeNamed } from '../../../src-main/train/named-tensors.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import { learnedProblem, NONE, oracleRun, type OracleTask } from '../../support/toy-augmentation.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await openEngine({ engine: 'wasm', threads: 1 });
});

afterAll(async () => {
  await engine.close();
});

const TASK: OracleTask = { nuisance: NONE, frames: 1, seed: 1, epochs: 1, network: 'affine', pictures: 48 };

/** The hyper-gradient along a slope: through the clips, and with both ends taken back to theta. */
async function bothWays(theta: LearnedOuter['theta'], step: InnerStep) {
  const net = augmenter(TASK.network);
  const setting = { weights: step.instance.variables.params, slope: step.grads, learningRate: 0.1 };
  const shown = shownClips(net, theta, step);
  const ofClips = await hyperGradient((moved) => clipsGradient(step, shown, moved), setting);
  const through = pulledBack(net, theta, step, ofClips);
  const direct = await hyperGradient((moved) => trainingGradient(net, theta, step, moved), setting);
  const read = Object.keys(theta).map((name) => [through[name]!.dataSync().slice(), direct[name]!.dataSync().slice()]);
  [shown, ofClips, through, direct].forEach(disposeNamed);
  return read;
}

it.each([24, 10])('the way back through the clips is that of both ends, passes of %d', async (videos) => {
  const problem = learnedProblem(TASK);
  const compared: Float32Array[][] = [];
  const improve: NonNullable<typeof problem.augmentation>['improve'] = async (outer, step, next) => {
    const before = memory().numTensors;
    compared.push(...((await bothWays(outer.theta, step)) as Float32Array[][]));
    expect(memory().numTensors).toBe(before);
    await problem.augmentation!.improve(outer, step, next);
  };
  const watched = { ...problem, augmentation: { ...problem.augmentation!, improve } };
  const run = oracleRun(TASK, watched as typeof problem);
  await trainRun({ ...run, smallerPasses: { videos, reason: 'small passes' } });
  const largest = Math.max(...compared.flatMap(([one]) => Array.from(one!, Math.abs)));
  expect(largest).toBeGreaterThan(1e-4);
  for (const [through, direct] of compared)
    through!.forEach((value, i) => expect(Math.abs(value - direct![i]!)).toBeLessThan(0.02 * largest));
});

it('an adversary weighs its distance to the identity by clips: a batch in two passes has the gradient of the whole', async () => {
  const problem = learnedProblem(TASK);
  const net = augmenter(TASK.network);
  let compared = 0;
  const improve: NonNullable<typeof problem.augmentation>['improve'] = async (outer, step, next) => {
    const halved = step.parts.map((drawn) => ({ ...drawn, scales: drawn.scales.map((scale) => scale / 2) }));
    const whole = adversarialGradient(net, outer.theta, step);
    const twice = adversarialGradient(net, outer.theta, { ...step, parts: [...halved, ...halved] });
    for (const name of Object.keys(whole)) {
      const [one, other] = [whole[name]!.dataSync(), twice[name]!.dataSync()];
      one.forEach((value, i) => expect(Math.abs(value - other[i]!)).toBeLessThan(1e-5 * (1 + Math.abs(value))));
      compared += one.filter((value) => Math.abs(value) > 1e-6).length;
    }
    [whole, twice].forEach(disposeNamed);
    await problem.augmentation!.improve(outer, step, next);
  };
  const watched = { ...problem, augmentation: { ...problem.augmentation!, improve } };
  await trainRun(oracleRun(TASK, watched as typeof problem));
  expect(compared).toBeGreaterThan(0);
});
