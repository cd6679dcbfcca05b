import '../../src-main/engine/gradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelCard } from '../../models/index.ts';
import type { EngineInfo } from '../../src-main/contract/records.ts';
import { toAppError } from '../../src-main/contract/errors.ts';
import {
  fittingPasses,
  planTrainingStep,
  requireMemory,
  type TrainingSetting,
} from '../../src-main/engine/memory-plan.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function setting(model: string, batch: number, cropSize: number): TrainingSetting {
  const network = modelCard(model).create({ classes: 7, cropSize, clipFrames: 16, dropout: 0 });
  return { model, network, batch, clipFrames: 16, cropSize, optimizer: 'adamw' };
}

function engineWith(features: EngineInfo['features']): EngineInfo {
  return { name: 'wasm', device: 'test', why: '', threads: 1, features };
}

describe('memory plan', () => {
  it('is near the measured peak of a training step, and not below it', async () => {
    const { network, ...rest } = setting('small3d', 1, 24);
    const { params, buffers } = network.init(() => 0.4);
    const clips = tf.ones<tf.Rank.R5>([1, 16, 24, 24, 3]);
    const names = Object.keys(params);
    const before = tf.memory().numBytes;
    const { peakBytes } = await tf.profile(() => {
      const loss = (...values: tf.Tensor[]) => {
        const named = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
        const mode = { training: true as const, seed: 1, bufferUpdates: {} };
        return tf.mean(network.apply({ params: named, buffers }, clips, mode));
      };
      return tf.grads(loss)(Object.values(params));
    });
    const { total, optimiser, parameters, activations } = planTrainingStep({ network, ...rest }, 'cpu');
    const clipsBytes = clips.size * 4;
    const planned = total - optimiser - parameters - clipsBytes;
    expect(activations).toBeGreaterThan(clipsBytes);

    expect(planned / (peakBytes - before)).toBeGreaterThan(1);
    expect(planned / (peakBytes - before)).toBeLessThan(2);
  });

  it('has the parameters once, and the moments of adamw twice', () => {
    const plan = planTrainingStep(setting('c3d', 1, 112), 'wasm');
    expect(plan.parameters / 1e6).toBeCloseTo(312.1, 0);
    expect(plan.optimiser).toBe(2 * plan.parameters);
    expect(planTrainingStep({ ...setting('c3d', 1, 112), optimizer: 'sgd' }, 'wasm').optimiser).toBe(plan.parameters);
    expect(plan.largestTensor).toBe(8192 * 4096 * 4);
    expect(planTrainingStep(setting('c3d', 8, 112), 'wasm').largestTensor).toBe(8 * 16 * 112 * 112 * 64 * 4);
  });

  it('lets a setting pass that fits, and engines that tell no limit', () => {
    expect(() => requireMemory(setting('small3d', 8, 48), engineWith({ memoryLimitBytes: 2 ** 32 }))).not.toThrow();
    expect(() => requireMemory(setting('vgg16-3d', 64, 224), engineWith({}))).not.toThrow();
  });

  it('refuses with the need, the limit and the batch that fits', () => {
    const error = failureOf(() => requireMemory(setting('small3d', 64, 48), engineWith({ memoryLimitBytes: 5e8 })));
    expect(error.code).toBe('out-of-memory');
    expect(error.message).toMatch(
      /^small3d with batch 64, 16 frames of 48 x 48 pixels: a training step needs about [\d.]+ GB \(parameters .*the engine wasm \(test\) has 500 MB$/,
    );
    const batch = Number(/Lower batch to (\d+)/.exec(error.hint ?? '')?.[1]);
    expect(() => requireMemory(setting('small3d', batch, 48), engineWith({ memoryLimitBytes: 5e8 }))).not.toThrow();
    expect(() => requireMemory(setting('small3d', batch + 1, 48), engineWith({ memoryLimitBytes: 5e8 }))).toThrow();
  });

  it('refuses a tensor larger than one buffer of a GPU', () => {
    const error = failureOf(() => requireMemory(setting('c3d', 32, 112), engineWith({ maxTensorBytes: 2 ** 30 })));
    expect(error.message).toContain('its largest tensor has 1.6 GB');
  });

  it('counts every clip of a video, and what convolutions of an engine work in', () => {
    const twice = planTrainingStep({ ...setting('c3d', 2, 112), clipsPerVideo: 2 }, 'wasm');
    expect(twice).toEqual(planTrainingStep(setting('c3d', 4, 112), 'wasm'));
    const [onWasm, onGpu] = (['wasm', 'webgpu'] as const).map((name) => planTrainingStep(setting('c3d', 4, 112), name));
    const paddedInput = 4 * 18 * 114 * 114 * 64 * 4;
    // Of the second convolution, half as large and with twice the channels in the output: 64 to 128 of 56 x 56.
    const halves = 4 * 16 * 56 * 56 * (64 + 128) * 2;
    expect(onWasm!.workspace).toBeGreaterThan(paddedInput / 8);
    expect(onGpu!.workspace).toBeGreaterThan(halves);
    expect(onWasm!.total - onWasm!.workspace).toBe(onGpu!.total - onGpu!.workspace);
  });

  it('halves the batch and doubles the passes until a pass fits, and refuses what never does', () => {
    const wanted = setting('small3d', 64, 48);
    const passes = fittingPasses(wanted, engineWith({ memoryLimitBytes: 5e8 }));
    expect(passes.batch * passes.accumulate).toBe(64);
    expect(Number.isInteger(Math.log2(passes.accumulate))).toBe(true);
    expect(() =>
      requireMemory({ ...wanted, batch: passes.batch }, engineWith({ memoryLimitBytes: 5e8 })),
    ).not.toThrow();
    const larger = { ...wanted, batch: 2 * passes.batch };
    expect(() => requireMemory(larger, engineWith({ memoryLimitBytes: 5e8 }))).toThrow('a training step needs');
    expect(fittingPasses(wanted, engineWith({}))).toEqual({ batch: 64, accumulate: 1 });
    expect(() => fittingPasses(setting('vgg16-3d', 8, 224), engineWith({ memoryLimitBytes: 1e9 }))).toThrow(
      'with batch 1',
    );
  });

  it('names clipsPerVideo where that is what is large', () => {
    const engine = engineWith({ memoryLimitBytes: 5e8 });
    const wanted = { ...setting('small3d', 4, 48), clipsPerVideo: 100_000 };
    const error = failureOf(() => fittingPasses(wanted, engine));
    expect(error.message).toMatch(/^small3d with batch 1, 100000 clips of each video, 16 frames of 48 x 48 pixels: /);
    const clipsPerVideo = Number(/^No batch fits: lower clipsPerVideo to (\d+)\.$/.exec(error.hint ?? '')?.[1]);
    expect(() => fittingPasses({ ...wanted, clipsPerVideo }, engine)).not.toThrow();
    expect(() => fittingPasses({ ...wanted, clipsPerVideo: 2 * clipsPerVideo + 2 }, engine)).toThrow();
  });

  it('says when no batch fits', () => {
    const error = failureOf(() => requireMemory(setting('vgg16-3d', 2, 224), engineWith({ memoryLimitBytes: 1e9 })));
    expect(error.hint).toContain('No batch fits');
  });
});

function failureOf(check: () => void) {
  try {
    check();
  } catch (error) {
    return toAppError(error);
  }
  throw new Error('expected a refusal');
}
