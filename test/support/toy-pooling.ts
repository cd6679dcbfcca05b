/**
 * A task that only one pooling place solves, by construction. A picture shows two patches, one of horizontal and one of
 * vertical stripes, four pixels apart; the class is which of them is on the left. A chain of units looks at it:
 *
 *   unit 0 (1x1)   sees a pixel: a pool behind it keeps the brighter of two stripes, and both patches look the same
 *   unit 1 (3x3)   tells the stripes apart
 *   unit 2 (3x3)   sees both patches only if a pool has stood in front of it
 *   units 3 ...    (1x1) and the mean over all places see no order any more
 *
 * So the one pool must stand in front of unit 2; other places leave a coin to toss, but for what the border tells.
 */
import { mean, reshape, type Tensor5D } from '@tensorflow/tfjs-core';
import { dense, denseSpecs, denseTrace, flattenRows } from '../../models/layers.ts';
import { batchNormTraining } from '../../models/ops/batch-norm.ts';
import { conv3d } from '../../models/ops/conv3d.ts';
import { searchableCard, type SearchableCard, type Unit } from '../../models/searchable-network.ts';
import type { ClipVideo } from '../../src-main/data/clip-source.ts';
import { ImageClips, imageVideos } from '../../src-main/data/image-set.ts';
import { Rng } from '../../src-main/data/rng.ts';

export const TOY_SIDE = 16;
const WIDTH = 12;
/** The unit that must have a pool in front of it. */
export const RIGHT_PLACE = 2;
const GAP = 4;
const PATCH = { height: 6, width: 2 };

/** @param units - of the chain; there are `units - 1` places for the one pool */
export function toyPoolingCard(units: number): SearchableCard {
  const space = [units - 1, 1];
  return searchableCard({
    ...{ name: 'toy-pooling', title: 'Toy', source: 'test', output: 'frame', temporalRadius: 0 },
    ...{ cropSize: TOY_SIDE, scoreStride: 1 },
    pooling: { units, spacePools: 1, timePools: 0, default: { space, time: [units] } },
    chain: ({ classes }) => ({
      units: Array.from({ length: units }, (_, u) => toyUnit(u, u === 0 ? 3 : WIDTH, u === 1 || u === 2 ? 3 : 1)),
      head: {
        params: denseSpecs('logits', WIDTH, classes, 'glorot'),
        apply: (x, params) => {
          const [n, t] = x.shape;
          return reshape(dense(flattenRows(mean(x, [2, 3]), n * t), params, 'logits'), [n, t, classes]);
        },
        trace: ([n = 0, t = 0]) => [denseTrace('logits', n * t, WIDTH, classes)],
      },
      normaliser: () => normalise,
      plainNormaliser: normalise,
    }),
  });
}

function normalise(x: Tensor5D, _: string, relu: boolean): Tensor5D {
  return batchNormTraining(x, null, { epsilon: 1e-3, relu }).y;
}

function toyUnit(number: number, inputs: number, side: 1 | 3): Unit {
  const name = `unit${number}`;
  return {
    params: { [`${name}.kernel`]: { shape: [1, side, side, inputs, WIDTH], start: 'he' } },
    buffers: {},
    apply: (x, params, norm) => {
      const kernel = params[`${name}.kernel`] as Tensor5D;
      return norm(conv3d(x, kernel, null, { strides: [1, 1, 1], pad: 'same', relu: false }), name, true);
    },
    trace: (input) => {
      const output = [...input.slice(0, 4), WIDTH];
      return [{ name, output, multiplyAdds: output.reduce((a, b) => a * b, 1) * side * side * inputs }];
    },
  };
}

/** Labelled pictures, the first half to train on and the second to judge with. */
export function toyPictures(seed: number, count: number): { halves: [ClipVideo[], ClipVideo[]]; clips: ImageClips } {
  const rng = new Rng(seed).fork('toy pictures');
  const bytes = TOY_SIDE * TOY_SIDE * 3;
  const pixels = new Uint8Array(count * bytes);
  const images = Array.from({ length: count }, (_, i) => {
    const label = i % 2;
    pixels.set(picture(label, rng), i * bytes);
    return { label, set: null };
  });
  const set = { classes: ['horizontal first', 'vertical first'], size: TOY_SIDE, images, pixels };
  const videos = imageVideos(set);
  const half = count / 2;
  return { halves: [videos.slice(0, half), videos.slice(half)], clips: new ImageClips(set) };
}

/** Patches start at even places, so that pools fall on whole stripes. */
function picture(label: number, rng: Rng): Uint8Array {
  const even = (room: number) => 2 * rng.integer(Math.floor(room / 2) + 1);
  const top = even(TOY_SIDE - PATCH.height);
  const left = even(TOY_SIDE - 2 * PATCH.width - GAP);
  const grey = new Uint8Array(TOY_SIDE * TOY_SIDE).fill(64);
  for (const patch of [0, 1]) {
    const vertical = patch === label;
    const from = left + patch * (PATCH.width + GAP);
    for (let y = 0; y < PATCH.height; y++)
      for (let x = 0; x < PATCH.width; x++)
        grey[(top + y) * TOY_SIDE + from + x] = (vertical ? x : y) % 2 === 0 ? 255 : 0;
  }
  return grey.reduce(
    (out, value, i) => {
      out.fill(value, 3 * i, 3 * i + 3);
      return out;
    },
    new Uint8Array(3 * grey.length),
  );
}
