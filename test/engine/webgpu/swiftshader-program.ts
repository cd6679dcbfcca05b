/** Runs in a process of its own on SwiftShader and prints what it found; swiftshader.test.ts says what is right. */
import * as tf from '@tensorflow/tfjs-core';
import { createC3d } from '../../../models/c3d.ts';
import { modelCard } from '../../../models/index.ts';
import type { Network } from '../../../models/network.ts';
import { globalNorm, sgdUpdate } from '../../../models/ops/optimiser-update.ts';
import { createR3d18 } from '../../../models/r3d18.ts';
import { createVgg16In3d } from '../../../models/vgg16-3d.ts';
import type { ModelOptions, NamedTensors } from '../../../models/types.ts';
import { toAppError } from '../../../src-main/contract/errors.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { openReferenceBackend } from '../../../src-main/engine/reference.ts';
import { selfTest } from '../../../src-main/engine/self-test.ts';
import { openWebGpuBackend } from '../../../src-main/engine/webgpu/open.ts';

export type SwiftShaderFindings = {
  refusal: { code: string; message: string };
  backend: { name: string; device: string; features: Record<string, unknown> };
  selfTest: string[];
  /**
   * Largest difference from the cpu backend, relative to the largest value, of logits, all gradients and their norm, and of
   * parameters after a step of gradient descent.
   */
  networks: Record<string, { logits: number; gradients: number; updated: number; leakedTensors: number }>;
  brokenShader: string;
  synchronousRead: string;
  readAfterError: number[];
};

const options = (cropSize: number, clipFrames: number): ModelOptions => ({
  classes: 7,
  cropSize,
  clipFrames,
  dropout: 0.2,
});

const NETWORKS: Record<string, Network> = {
  small3d: modelCard('small3d').create(options(16, 4)),
  c3d: createC3d(options(18, 3), { filters: [2, 3, 4, 5, 6], units: 7 }),
  r3d18: createR3d18(options(32, 8), [2, 3, 4, 5]),
  'vgg16-3d': createVgg16In3d(options(32, 2), { filters: [2, 3, 4, 5, 6], units: 8, headUnits: 5 }),
};

async function run(): Promise<SwiftShaderFindings> {
  const refusal = await failureOf(openWebGpuBackend({ allowSoftware: false }));
  const { close, name, device, features } = await openWebGpuBackend({ allowSoftware: true });
  const findings = {
    refusal: { code: refusal.code, message: refusal.message },
    backend: { name, device, features },
    selfTest: await selfTest(),
    networks: await compareNetworks(),
    brokenShader: (await failureOf(brokenRead())).message,
    synchronousRead: (await failureOf(Promise.resolve().then(() => tf.relu(tf.ones([2000])).dataSync()))).message,
    readAfterError: [...(await tf.add(tf.ones([3]), 1).data())],
  };
  await close();
  return findings;
}

async function compareNetworks(): Promise<SwiftShaderFindings['networks']> {
  const results: SwiftShaderFindings['networks'] = {};
  for (const [name, network] of Object.entries(NETWORKS)) {
    const webgpu = await evaluate(network);
    await openReferenceBackend();
    const cpu = await evaluate(network);
    await tf.setBackend('webgpu');
    const gradients = webgpu.gradients.map((values, i) => relativeDifference(values, cpu.gradients[i]!));
    results[name] = {
      logits: relativeDifference(webgpu.logits, cpu.logits),
      gradients: Math.max(...gradients, relativeDifference([webgpu.norm], [cpu.norm])),
      updated: Math.max(...webgpu.updated.map((values, i) => relativeDifference(values, cpu.updated[i]!))),
      leakedTensors: webgpu.leakedTensors,
    };
  }
  return results;
}

async function evaluate(network: Network) {
  const before = tf.memory().numTensors;
  const rng = new Rng(4);
  const { params, buffers } = network.init(() => rng.next());
  const { clipFrames: t, cropSize: side } = network.options;
  const values = Float32Array.from({ length: 2 * t * side * side * 3 }, () => rng.normal());
  const clips = tf.tensor5d(values, [2, t, side, side, 3]);
  const names = Object.keys(params);
  const bufferUpdates: NamedTensors = {};
  const loss = (...weights: tf.Tensor[]) => {
    const named = Object.fromEntries(names.map((param, i) => [param, weights[i]!]));
    const logits = network.apply({ params: named, buffers }, clips, { training: true, seed: 1, bufferUpdates });
    return tf.mean(tf.logSumExp(logits, 2));
  };
  const logits = network.apply({ params, buffers }, clips, { training: false });
  const grads = tf.grads(loss)(Object.values(params));
  const found = { logits: await logits.data(), gradients: await Promise.all(grads.map((grad) => grad.data())) };
  const [norm] = await valuesOf([globalNorm(grads)]);
  const updated = await valuesOf(Object.values(params).map((param, i) => afterStep(param, grads[i]!)));
  tf.dispose([params, buffers, clips, logits, grads, bufferUpdates]);
  return { ...found, norm: norm![0]!, updated, leakedTensors: tf.memory().numTensors - before };
}

function afterStep(param: tf.Tensor, grad: tf.Tensor): tf.Tensor {
  const hyper = { lr: 0.1, momentum: 0.9, weightDecay: 0.01, nesterov: false, gradScale: 1 };
  const velocity = tf.zerosLike(param);
  const next = sgdUpdate({ param, velocity }, grad, hyper);
  tf.dispose([velocity, next.velocity]);
  return next.param;
}

async function valuesOf(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const values = await Promise.all(tensors.map((each) => each.data<'float32'>()));
  tf.dispose([...tensors]);
  return values;
}

/** Padding of rank 5 is a stock shader that does not compile. */
async function brokenRead(): Promise<unknown> {
  return tf
    .pad(tf.ones([2, 3, 4, 5, 6]), [
      [1, 1],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ])
    .data();
}

async function failureOf(work: Promise<unknown>) {
  try {
    await work;
    return { code: 'none', message: 'no failure' };
  } catch (error) {
    return toAppError(error);
  }
}

function relativeDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  const scale = Math.max(1e-3, ...Array.from(expected, Math.abs));
  return Math.max(...Array.from(expected, (value, i) => Math.abs(value - found[i]!))) / scale;
}

process.stdout.write(JSON.stringify(await run()));
