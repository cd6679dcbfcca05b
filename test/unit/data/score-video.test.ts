import '../../../src-main/engine/gradients.ts';
import { memory, setBackend, tensor5d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createC3d } from '../../../models/c3d.ts';
import { createVgg16In3d } from '../../../models/vgg16-3d.ts';
import { modelCard } from '../../../models/index.ts';
import type { ModelCard, ModelOptions } from '../../../models/types.ts';
import { clipTensor, readClips } from '../../../src-main/data/batches.ts';
import { clipPositions } from '../../../src-main/data/clip-positions.ts';
import { networkPasses, type ModelInstance } from '../../../src-main/data/network-passes.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { scoreVideo, scoreVideos } from '../../../src-main/data/score-video.ts';
import { ArrayClips, toyVideo } from '../../support/toy-training.ts';

const SIZE = 16;
const [L, CLASSES] = [4, 3];

beforeAll(async () => {
  await setBackend('cpu');
});

const pictures = (frames: number, seed: number) => {
  const rng = new Rng(seed);
  return Uint8Array.from({ length: frames * SIZE * SIZE * 3 }, () => rng.integer(256));
};

function instanceOf(card: ModelCard): ModelInstance {
  const rng = new Rng(3);
  const model = card.create({ classes: CLASSES, cropSize: SIZE, clipFrames: L, dropout: 0.5 });
  return { card, model, variables: model.init(() => rng.next()) };
}

const thinVgg = (options: ModelOptions) =>
  createVgg16In3d(options, { filters: [1, 1, 2, 2, 2], units: 3, headUnits: 3 });

const frameCard = modelCard('small3d');
const clipCard: ModelCard = {
  ...modelCard('c3d'),
  create: (options) => createC3d(options, { filters: [2, 2, 3, 3, 3], units: 4 }),
};
const config = { clipFrames: L, cropSize: SIZE, scoreStride: 1 };

describe('a network with an output for each frame', () => {
  it('gives each clip the largest of its frame logits over the whole run, whatever the parts', async () => {
    const clips = new ArrayClips(new Map([['v', pictures(30, 1)]]));
    const instance = instanceOf(frameCard);
    const video = toyVideo('v', 30, {
      runs: [
        { start: 0, end: 22 },
        { start: 24, end: 30 },
      ],
    });
    const before = memory().numTensors;
    const { starts, logits } = await scoreVideo(instance, video, clips, config);
    expect(memory().numTensors).toBe(before);
    expect(starts).toEqual([...Array.from({ length: 19 }, (_, p) => p), 24, 25, 26]);
    const run = await readClips(clips, [{ videoId: 'v', start: 0, realFrames: 22 }], { frames: 22, size: SIZE });
    const tensor = clipTensor(run, null);
    const frames = instance.model.apply(instance.variables, tensor, { training: false }).arraySync()[0]!;
    for (const p of [0, 7, 18])
      for (let k = 0; k < CLASSES; k++)
        expect(logits[p]![k]).toBeCloseTo(Math.max(...frames.slice(p, p + L).map((row) => row[k]!)), 5);
  });

  it.each(['small3d', 'vgg16-3d'])('has the temporal radius that its card says: %s', (name) => {
    const card = name === 'small3d' ? frameCard : { ...modelCard(name), create: thinVgg };
    const radius = card.temporalRadius!;
    const size = name === 'small3d' ? SIZE : 32;
    const model = card.create({ classes: CLASSES, cropSize: size, clipFrames: L, dropout: 0 });
    const rng = new Rng(8);
    const variables = model.init(() => 0.5 + 0.5 * rng.next());
    const frames = 2 * radius + 3;
    const logitsWith = (peak: number) => {
      const values = Float32Array.from({ length: frames * size * size * 3 }, (_, i) => 1 + Math.sin(i * i));
      for (let i = 0; i < size * size * 3; i++) values[i]! += peak * (1.5 + Math.cos(i));
      return tidy(
        () => model.apply(variables, tensor5d(values, [1, frames, size, size, 3]), { training: false }).arraySync()[0]!,
      );
    };
    const [calm, peaked] = [logitsWith(0.1), logitsWith(30)];
    const moved = calm.map((row, t) => row.some((logit, k) => logit !== peaked[t]![k]));
    expect(moved).toEqual(calm.map((_, t) => t <= radius));
  });

  it('is read in overlapping stretches that leave every frame once, with all that decides it', () => {
    const positions = clipPositions({ runs: [{ start: 5, end: 105 }] }, L);
    const card = { output: 'frame' as const, temporalRadius: 3 };
    const passes = networkPasses(card, positions, 1, 20);
    const kept = passes.flatMap(({ stretch, keep }) =>
      Array.from({ length: keep.rows }, (_, i) => stretch.start + keep.from + i),
    );
    expect(kept).toEqual(Array.from({ length: 100 }, (_, i) => 5 + i));
    for (const { stretch, keep, frames } of passes) {
      expect(frames).toBeLessThanOrEqual(20);
      const first = stretch.start + keep.from;
      expect(stretch.start).toBe(Math.max(5, first - 3));
      expect(stretch.end).toBe(Math.min(105, first + keep.rows + 3));
    }
    expect(networkPasses({ output: 'frame' }, positions, 1, 20)).toHaveLength(1);
  });
});

describe('a network with an output for each clip', () => {
  it('sees every position of the stride once, and its logits are those of the clip alone', async () => {
    const clips = new ArrayClips(new Map([['v', pictures(15, 2)]]));
    const instance = instanceOf(clipCard);
    const { starts, logits } = await scoreVideo(instance, toyVideo('v', 15), clips, { ...config, scoreStride: 3 });
    expect(starts).toEqual([0, 3, 6, 9, 11]);
    for (const [p, start] of starts.entries()) {
      const alone = await readClips(clips, [{ videoId: 'v', start, realFrames: L }], { frames: L, size: SIZE });
      const expected = instance.model
        .apply(instance.variables, clipTensor(alone, null), { training: false })
        .arraySync()[0]![0]!;
      expected.forEach((value, k) => expect(logits[p]![k]).toBeCloseTo(value, 5));
    }
  });

  it('is given clips of one run at a time, within the bound of pixels', () => {
    const positions = clipPositions(
      {
        runs: [
          { start: 0, end: 9 },
          { start: 12, end: 20 },
        ],
      },
      L,
    );
    const passes = networkPasses({ output: 'clip' }, positions, 1, 3 * L);
    expect(passes.flatMap(({ starts }) => starts)).toEqual([...positions.starts]);
    for (const { starts, stretch } of passes) {
      expect(starts.length).toBeLessThanOrEqual(3);
      expect(stretch.end).toBe(starts.at(-1)! + L);
    }
  });
});

describe.each([frameCard, clipCard])('short and faceless videos ($output output)', (card) => {
  it('are scored on what they have, or not at all, without a leak', async () => {
    const clips = new ArrayClips(
      new Map([
        ['one', pictures(1, 3)],
        ['short', pictures(3, 4)],
        ['long', pictures(6, 5)],
      ]),
    );
    const videos = [toyVideo('one', 1), toyVideo('blind', 9, { runs: [] }), toyVideo('short', 3), toyVideo('long', 6)];
    const instance = instanceOf(card);
    const before = memory().numTensors;
    const found: Record<string, number[]> = {};
    for await (const { video, scored } of scoreVideos(instance, videos, clips, config)) {
      found[video.id] = scored.starts;
      for (const row of scored.logits) for (const logit of row) expect(Number.isFinite(logit)).toBe(true);
    }
    expect(memory().numTensors).toBe(before);
    expect(found).toEqual({ one: [0], blind: [], short: [0], long: [0, 1, 2] });
  });
});
