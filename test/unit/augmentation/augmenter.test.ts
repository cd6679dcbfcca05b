import '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-cpu';
import {
  grad,
  grads,
  memory,
  mul,
  setBackend,
  sum,
  tensor,
  tensor2d,
  tensor5d,
  tidy,
  zeros,
  type Rank,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { augmenter, AUGMENTER_NAMES, LARGEST_CHANGE } from '../../../models/augmenter.ts';
import type { AugmenterDraw } from '../../../models/change-network.ts';
import { COLOUR_CHANGES, recolouredClips, warpOfOffsets } from '../../../models/ops/clip-transform-colour.ts';
import { shiftHue } from '../../../models/ops/hue-colour.ts';
import { disposeNamed } from '../../../src-main/train/named-tensors.ts';
import { Rng } from '../../../src-main/data/rng.ts';

beforeAll(() => setBackend('cpu'));

const SHAPE: [number, number, number, number, number] = [2, 2, 5, 6, 3];
const SCALE = { fill: [0.5, 0.5, 0.5], mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] };
const RAW = { fill: [0.5, 0.5, 0.5], mean: [0, 0, 0], deviation: [1, 1, 1] };
const rng = new Rng(3);
const pixels = Float32Array.from({ length: 2 * 2 * 5 * 6 * 3 }, () => rng.range(0.25, 0.7));
const weights = Float32Array.from(pixels, () => rng.normal());

function drawFor(noise: number, n = 2): AugmenterDraw {
  const z = Array.from({ length: n }, () => Array.from({ length: noise }, () => rng.range(-1, 1)));
  return { noise: z, mirrors: z.map(() => 1), order: [2, 0, 3, 1], seed: 5 };
}

/** Central differences of a scalar function of one array. */
function slope(f: (values: Float32Array) => number, at: Float32Array, i: number, epsilon: number): number {
  const moved = (by: number) => f(at.map((value, j) => (j === i ? value + by : value)));
  return (moved(epsilon) - moved(-epsilon)) / (2 * epsilon);
}

describe.each(AUGMENTER_NAMES)('augmenter %s', (name) => {
  const net = augmenter(name);

  it('is the identity at its start, also for bytes', () => {
    const theta = net.init(() => rng.next());
    const draw = drawFor(net.noise);
    const bytes = tensor5d(
      Float32Array.from(pixels, (v) => Math.round(255 * v)),
      SHAPE,
      'int32',
    );
    const changes = net.changes(theta, draw, bytes);
    expect(Math.max(...changes.dataSync().map(Math.abs))).toBe(0);
    const out = net.transform(bytes, changes, draw, SCALE).dataSync();
    bytes.dataSync().forEach((value, i) => expect(out[i]).toBeCloseTo((value / 255 - 0.5) / 0.25, 5));
  });

  it('keeps changes within their limits whatever the weights, and leaks no tensor', () => {
    const before = memory().numTensors;
    const theta = net.init(() => rng.next());
    theta['dense3.kernel']!.dispose();
    theta['dense3.kernel'] = tensor(
      Float32Array.from({ length: theta['dense3.kernel']!.size }, () => 30 * rng.normal()),
      theta['dense3.kernel']!.shape,
    );
    const draw = drawFor(net.noise, 20);
    const changes = tidy(() => net.changes(theta, draw, zeros<Rank.R5>([20, 2, 5, 6, 3], 'int32')));
    const largest = Math.max(...changes.dataSync().map(Math.abs));
    expect(largest).toBeGreaterThan(0.7);
    expect(largest).toBeLessThanOrEqual(name === 'affine-color' ? 1 : LARGEST_CHANGE);
    changes.dispose();
    disposeNamed(theta);
    expect(memory().numTensors).toBe(before);
  });

  it('has the gradients that differences of its transform give', () => {
    const draw = drawFor(net.noise);
    const clips = tensor5d(pixels, SHAPE);
    const at = Float32Array.from({ length: 2 * net.parameters.length }, () => rng.range(0.03, 0.12));
    const shape: [number, number] = [2, net.parameters.length];
    const scored = (image: Tensor, changes: Tensor) =>
      sum(mul(net.transform(image as Tensor5D, changes as Tensor2D, draw, RAW), tensor(weights, SHAPE)));
    const [image, changes] = tidy(() => grads(scored)([clips, tensor2d(at, shape)])) as [Tensor, Tensor];
    const of = (values: Float32Array) => tidy(() => scored(clips, tensor2d(values, shape)).dataSync()[0]!);
    at.forEach((_, i) => expect(Math.abs(changes.dataSync()[i]! - slope(of, at, i, 2e-4))).toBeLessThan(0.25));
    const ofImage = (values: Float32Array) =>
      tidy(() => scored(tensor5d(values, SHAPE), tensor2d(at, shape)).dataSync()[0]!);
    for (const i of [0, 50, 171]) expect(image.dataSync()[i]).toBeCloseTo(slope(ofImage, pixels, i, 2e-3), 1);
  });
});

it('has the parameter counts of the paper', () => {
  const count = (name: 'affine' | 'affine-color') =>
    Object.values(augmenter(name).specs).reduce((total, { shape }) => total + shape.reduce((a, b) => a * b), 0);
  expect(count('affine')).toBe(828);
  expect(count('affine-color')).toBe(2220);
});

describe('colour changes', () => {
  const one = (amounts: Record<string, number>, order: number[], rgb: number[]) => {
    const row = COLOUR_CHANGES.map((change) => amounts[change] ?? 0);
    const warp = warpOfOffsets(tensor2d([[0, 0, 0, 0, 0, 0]]), [1]);
    return Array.from(
      recolouredClips(tensor5d([[[[rgb]]]]), warp, { amounts: tensor2d([row]), order }, RAW).dataSync(),
    );
  };
  const near = (found: number[], expected: number[]) => found.forEach((v, i) => expect(v).toBeCloseTo(expected[i]!, 5));

  it('are those of the paper: factor, offset, own grey, hue in proportion to itself', () => {
    near(one({ brightness: 0.5 }, [0, 1, 2, 3], [0.2, 0.4, 0.6]), [0.3, 0.6, 0.9]);
    near(one({ contrast: -0.1 }, [0, 1, 2, 3], [0.2, 0.4, 0.6]), [0.1, 0.3, 0.5]);
    const grey = 0.299 * 0.2 + 0.587 * 0.4 + 0.114 * 0.6;
    near(one({ saturation: -1 }, [0, 1, 2, 3], [0.2, 0.4, 0.6]), [grey, grey, grey]);
    near(one({ hue: 1 }, [3, 2, 1, 0], [0, 0.5, 0]), [0, 0.5, 0.5]);
    near(one({ hue: 0.7 }, [3, 2, 1, 0], [0.4, 0.4, 0.4]), [0.4, 0.4, 0.4]);
  });

  it('act in the order asked, and end in the range 0..1', () => {
    near(one({ brightness: 0.5, contrast: 0.1 }, [0, 3, 1, 2], [0.2, 0.4, 0.6]), [0.4, 0.7, 1]);
    near(one({ brightness: 0.5, contrast: 0.1 }, [1, 3, 0, 2], [0.2, 0.4, 0.6]), [0.45, 0.75, 1]);
  });

  it('keep every colour when the hue moves by nothing, and the gradient is finite at greys', () => {
    const before = memory().numTensors;
    const clip = tensor5d(pixels, SHAPE);
    const same = shiftHue(clip, tensor([0, 0]));
    same.dataSync().forEach((value, i) => expect(value).toBeCloseTo(pixels[i]!, 5));
    const grey = tensor5d(new Float32Array(pixels.length).fill(0.5), SHAPE);
    const slopes = tidy(() => grad((amounts: Tensor) => sum(shiftHue(grey, amounts)))(tensor([0.1, 0.2])));
    expect(slopes.dataSync().every(Number.isFinite)).toBe(true);
    clip.dispose();
    expect(memory().numTensors - before).toBeLessThanOrEqual(6);
  });
});

it('mirrors before it warps', () => {
  const warp = warpOfOffsets(tensor2d([[0, 0, 0.5, 0, 0, 0.25]]), [-1]) as Tensor3D;
  expect(Array.from(warp.dataSync())).toEqual([-1, -0, -0.5, 0, 1, 0.25]);
});
