import '../../../src-main/engine/gradients.ts';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createC3d } from '../../../models/c3d.ts';
import { modelCard } from '../../../models/index.ts';
import type { ModelCard } from '../../../models/types.ts';
import { AppError } from '../../../src-main/contract/errors.ts';
import type { ModelInstance } from '../../../src-main/data/network-passes.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { scoreClips } from '../../../src-main/data/score-clips.ts';
import { scoreVideo } from '../../../src-main/data/score-video.ts';
import { ArrayClips, toyVideo } from '../../support/toy-training.ts';

const SIZE = 16;
const L = 4;
const FRAMES = 48;
const config = { clipFrames: L, cropSize: SIZE, scoreStride: 1 };

beforeAll(async () => {
  await setBackend('cpu');
});

const cards: [string, ModelCard][] = [
  ['frame', modelCard('small3d')],
  ['clip', { ...modelCard('c3d'), create: (options) => createC3d(options, { filters: [2, 2, 3, 3, 3], units: 4 }) }],
];

function data() {
  const rng = new Rng(1);
  const bytes = Uint8Array.from({ length: FRAMES * SIZE * SIZE * 3 }, () => rng.integer(256));
  return new ArrayClips(new Map([['v', bytes]]));
}

/** A network for which memory holds so many frames at once; `passes` are the frames of those that went through. */
function shortOf(card: ModelCard, most: number): { instance: ModelInstance; passes: number[] } {
  const rng = new Rng(3);
  const model = card.create({ classes: 3, cropSize: SIZE, clipFrames: L, dropout: 0 });
  const passes: number[] = [];
  const apply: typeof model.apply = (variables, clips, mode) => {
    const logits = model.apply(variables, clips, mode);
    const frames = clips.shape[0] * clips.shape[1];
    if (frames > most) throw new AppError('out-of-memory', 'full');
    passes.push(frames);
    return logits;
  };
  return { instance: { card, model: { ...model, apply }, variables: model.init(() => rng.next()) }, passes };
}

function near(found: number[][], wanted: number[][]) {
  expect(found).toHaveLength(wanted.length);
  found.forEach((row, p) => row.forEach((logit, k) => expect(logit).toBeCloseTo(wanted[p]![k]!, 4)));
}

describe.each(cards)('a video that memory cannot hold, by a network with output for each %s', (_, card) => {
  const video = toyVideo('v', FRAMES);
  const scored = async (most: number) => {
    const { instance, passes } = shortOf(card, most);
    const before = memory().numTensors;
    const { logits } = await scoreVideo(instance, video, data(), config);
    expect(memory().numTensors).toBe(before);
    return { logits, passes };
  };

  it('is scored in halves, with the logits of the whole, and leaves nothing behind', async () => {
    const [whole, halved] = [await scored(Infinity), await scored(40)];
    expect(halved.passes.length).toBeGreaterThan(whole.passes.length);
    expect(Math.max(...halved.passes)).toBeLessThanOrEqual(40);
    near(halved.logits, whole.logits);
  });

  it('is given up where the smallest part does not fit, and leaves nothing behind', async () => {
    const { instance } = shortOf(card, 1);
    const before = memory().numTensors;
    await expect(scoreVideo(instance, video, data(), config)).rejects.toMatchObject({ code: 'out-of-memory' });
    expect(memory().numTensors).toBe(before);
  });
});

it('single clips that memory cannot hold are scored in halves, with the same logits in the same order', async () => {
  const requests = Array.from({ length: 7 }, (_, i) => ({ videoId: 'v', start: 5 * i, realFrames: L - (i % 2) }));
  const scored = async (most: number) => {
    const { instance, passes } = shortOf(modelCard('small3d'), most);
    const logits: number[][] = [];
    for await (const rows of scoreClips(instance, [requests], { ...config, clips: data() })) logits.push(...rows);
    return { logits, passes };
  };
  const [whole, halved] = [await scored(Infinity), await scored(2 * L)];
  expect(whole.passes).toEqual([7 * L]);
  expect(halved.passes).toEqual([2, 2, 2, 1].map((clips) => clips * L));
  near(halved.logits, whole.logits);
});
