import '../../../src-main/engine/gradients.ts';
import { memory, setBackend, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelCard } from '../../../models/index.ts';
import { createC3d } from '../../../models/c3d.ts';
import { createC3dLstm } from '../../../models/c3d-lstm.ts';
import type { ModelCard } from '../../../models/types.ts';
import { clipPositions } from '../../../src-main/data/clip-positions.ts';
import { networkPasses, type ModelInstance } from '../../../src-main/data/network-passes.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { readPass } from '../../../src-main/data/score-video.ts';
import { readClips } from '../../../src-main/data/batches.ts';
import type { ClipChoice, LabelledRef } from '../../../src-main/train/bilevel-problem.ts';
import { drawnClipsGradient, wholeVideoGradient } from '../../../src-main/train/gradients.ts';
import { disposeNamed } from '../../../src-main/train/named-tensors.ts';
import { drawnClipsLoss } from '../../../src-main/train/temporal-weights/drawn-clips.ts';
import { softmaxPooling } from '../../../src-main/train/temporal-weights/softmax.ts';
import { ArrayClips, linearCard } from '../../support/toy-training.ts';

const SIZE = 16;
const L = 4;

beforeAll(async () => {
  await setBackend('cpu');
});

function noise(frames: number, size: number, seed: number): Uint8Array {
  const rng = new Rng(seed);
  return Uint8Array.from({ length: frames * size * size * 3 }, () => rng.integer(256));
}

function instanceOf(card: ModelCard, size: number): ModelInstance {
  const model = card.create({ classes: 3, cropSize: size, clipFrames: L, dropout: 0 });
  const rng = new Rng(7);
  return { card, model, variables: model.init(() => rng.next()) };
}

const small3d: ModelCard = { ...modelCard('small3d'), temporalRadius: 4 };
const tinyC3d: ModelCard = {
  ...modelCard('c3d'),
  create: (options) => createC3d(options, { filters: [2, 2, 3, 3, 3], units: 4 }),
};

const tinyLstm: ModelCard = {
  ...modelCard('c3d-lstm'),
  create: (options) => createC3dLstm(options, { filters: [2, 2, 3, 3, 3], units: 4 }, 3),
};
const attentionOf = (penalty: number): ModelCard => ({
  ...modelCard('spatial-attention'),
  create: (options) =>
    modelCard('spatial-attention').create({ ...options, width: 1 / 32, attention: { blocks: 2, hops: 2, penalty } }),
});

describe('gradient of a whole video', () => {
  it.each([
    [
      'frame',
      small3d,
      [
        { start: 1, end: 16 },
        { start: 18, end: 24 },
      ],
    ],
    ['clip', tinyC3d, [{ start: 0, end: 9 }]],
    ['clips in order', tinyLstm, [{ start: 0, end: 9 }]],
    ['frames with a penalty', attentionOf(3), [{ start: 0, end: 14 }]],
  ] as const)('in many passes is that of one pass (%s)', async (_, card, runs) => {
    const instance = instanceOf(card, SIZE);
    const positions = clipPositions({ runs: [...runs] }, L, card.output === 'clip' ? 2 : 1);
    const clips = new ArrayClips(new Map([['v', noise(24, SIZE, 1)]]));
    const draw = { video: { id: 'v', label: 1, positions }, cells: [...positions.starts.keys()], logitWeights: [] };
    const problem = softmaxPooling({ gamma: 1.5 });
    const choice: ClipChoice = { epoch: 1, draws: [draw] };
    const run = async (pixels: number) => {
      const passes = networkPasses(card, positions, SIZE, pixels);
      const { grads, seen } = await wholeVideoGradient(
        instance,
        {
          choice,
          passes,
          read: (pass) => readPass(clips, 'v', pass, SIZE),
          augmentation: null,
          dropoutSeed: 1,
          scale: 0.5,
        },
        (forward) => problem.innerLoss(forward, problem.initial([]), choice),
      );
      const values = Object.entries(grads).flatMap(([name, grad]) => [[name, Array.from(grad.dataSync())] as const]);
      disposeNamed(grads);
      return { count: passes.length, values, seen };
    };
    const before = memory().numTensors;
    const one = await run(1e9);
    const many = await run(10 * SIZE * SIZE);
    expect(memory().numTensors).toBe(before);
    expect(many.count).toBeGreaterThan(one.count);
    expect(many.seen.losses[0]).toBeCloseTo(one.seen.losses[0]!, 5);
    expect(many.seen.clipLogits[0]).toHaveLength(positions.starts.length);
    many.values.forEach(([name, grad], i) =>
      grad.forEach((value, j) => expect(value, name).toBeCloseTo(one.values[i]![1][j]!, 4)),
    );
  });
});

describe('gradient of drawn clips', () => {
  const clips = new ArrayClips(new Map(['a', 'b'].map((id, i) => [id, noise(10, 2, i)])));
  const refs: LabelledRef[] = [
    { id: 'a', label: 0, positions: clipPositions({ runs: [{ start: 0, end: 10 }] }, L) },
    { id: 'b', label: 2, positions: clipPositions({ runs: [{ start: 1, end: 3 }] }, L) },
  ];
  const choice: ClipChoice = {
    epoch: 1,
    draws: [
      { video: refs[0]!, cells: [2, 5], logitWeights: [1, 1] },
      { video: refs[1]!, cells: [0, 0], logitWeights: [0.5, 2] },
    ],
  };
  const prepare = async (scales: number[]) => {
    const requests = choice.draws.flatMap(({ video, cells }) =>
      cells.map((c) => ({
        videoId: video.id,
        start: video.positions.starts[c]!,
        realFrames: video.positions.realFrames,
      })),
    );
    const batch = await readClips(clips, requests, { frames: L, size: 2 });
    return { choice, batch, augmentations: null, dropoutSeed: 1, scales };
  };

  it('agrees with finite differences, mean of K clips and scales included, and leaks nothing', async () => {
    const instance = instanceOf(linearCard, 2);
    const drawn = await prepare([0.25, 0.75]);
    const objective = async () => {
      const { grads, seen } = await drawnClipsGradient(instance, drawn, (forward) => drawnClipsLoss(forward, choice));
      const kernel = Array.from(grads['logits.kernel']!.dataSync());
      disposeNamed(grads);
      return { value: 0.25 * seen.losses[0]! + 0.75 * seen.losses[1]!, kernel };
    };
    const before = memory().numTensors;
    const { kernel } = await objective();
    const values = Array.from(instance.variables.params['logits.kernel']!.dataSync());
    const at = async (i: number, by: number) => {
      instance.variables.params['logits.kernel']!.dispose();
      instance.variables.params['logits.kernel'] = tensor(Float32Array.from(values.with(i, values[i]! + by)), [12, 3]);
      return (await objective()).value;
    };
    for (const i of [0, 7, 13, 22, 35]) {
      const slope = ((await at(i, 1e-2)) - (await at(i, -1e-2))) / 2e-2;
      expect(kernel[i]).toBeCloseTo(slope, 2);
    }
    expect(memory().numTensors).toBe(before);
  });

  it('never lets a black frame at the end of a short video win the maximum', async () => {
    const instance = instanceOf(linearCard, 2);
    const { bytes, shape } = (await prepare([1, 1])).batch;
    const { grads, seen } = await drawnClipsGradient(instance, await prepare([1, 1]), (f) => drawnClipsLoss(f, choice));
    disposeNamed(grads);
    const kernel = instance.variables.params['logits.kernel']!.arraySync() as number[][];
    const frameLogit = (clip: number, frame: number, k: number) => {
      const pixels = bytes.subarray((clip * shape[1] + frame) * 12, (clip * shape[1] + frame + 1) * 12);
      return pixels.reduce((sum, byte, i) => sum + ((byte / 255 - 0.5) / 0.25) * kernel[i]![k]!, 0);
    };
    for (const k of [0, 1, 2]) {
      const real = Math.max(frameLogit(2, 0, k), frameLogit(2, 1, k));
      expect(seen.clipLogits[1]![0]![k]).toBeCloseTo(real, 4);
      const full = Math.max(...[0, 1, 2, 3].map((frame) => frameLogit(0, frame, k)));
      expect(seen.clipLogits[0]![0]![k]).toBeCloseTo(full, 4);
    }
  });
});
