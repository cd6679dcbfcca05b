import { grads, memory, mul, sum, tensor1d, tensor3d, tensor5d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor3D, Tensor5D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hueColour, hueColourOfPlainOps } from '../../../models/ops/hue-colour.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { openEngine, type Engine } from '../../../src-main/engine/select.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await openEngine({ engine: 'wasm', threads: 1 });
});

afterAll(async () => {
  await engine.close();
});

const SHAPE: [number, number, number, number, number] = [3, 2, 5, 4, 3];
const SCALE = { mean: [0.5, 0.4, 0.3], deviation: [0.25, 0.2, 0.3] };

it('computes hue and colours as plain ops do, and their gradients, without a tensor left behind', () => {
  const rng = new Rng(5);
  const before = memory().numTensors;
  const numbers = (count: number, low: number, high: number) =>
    Float32Array.from({ length: count }, () => rng.range(low, high));
  const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
  const colours = [0, 1, 2].flatMap(() => identity.map((entry) => entry + rng.range(-0.2, 0.2)));
  const inputs = [
    tensor5d(numbers(360, -0.1, 1.1), SHAPE),
    tensor1d([0, 0.7, -0.6]),
    tensor3d(colours, [3, 3, 4]),
  ] as const;
  const weights = tensor5d(numbers(360, -1, 1), SHAPE);
  const results = [hueColour, hueColourOfPlainOps].map((op) => {
    const loss = (pixels: Tensor, hue: Tensor, colour: Tensor) =>
      sum(mul(op(pixels as Tensor5D, { hue: hue as Tensor1D, colour: colour as Tensor3D }, SCALE), weights));
    const value = tidy(() => op(inputs[0], { hue: inputs[1], colour: inputs[2] }, SCALE).dataSync());
    const slopes = grads(loss)([...inputs]);
    const read = slopes.map((slope) => slope.dataSync().slice());
    slopes.forEach((slope) => slope.dispose());
    return [value.slice(), ...read];
  });
  results[0]!.forEach((found, i) => {
    const expected = results[1]![i]!;
    expect(found).toHaveLength(expected.length);
    found.forEach((value, at) =>
      expect(Math.abs(value - expected[at]!)).toBeLessThan(2e-4 * (1 + Math.abs(expected[at]!))),
    );
  });
  [...inputs, weights].forEach((tensor) => tensor.dispose());
  expect(memory().numTensors).toBe(before);
});

it('keeps greys whatever the hue, with gradients that are finite, in frames that end within a vector', () => {
  const pixels = tensor5d(
    Float32Array.from({ length: 45 }, (_, i) => (i % 15) / 15 - ((i % 15) % 3) / 15),
    [3, 1, 5, 1, 3],
  );
  const hue = tensor1d([0.9, -0.9, 0.1]);
  const colour = tensor3d(
    Array.from({ length: 36 }, (_, i) => ((i % 12) % 5 === 0 ? 1 : 0)),
    [3, 3, 4],
  );
  const scale = { mean: [0, 0, 0], deviation: [1, 1, 1] };
  const image = (x: Tensor) => hueColour(x as Tensor5D, { hue, colour }, scale);
  expect(tidy(() => image(pixels).dataSync())).toEqual(pixels.dataSync());
  const slopes = tidy(() => grads((x: Tensor) => sum(image(x)))([pixels])[0]!.dataSync());
  for (const slope of slopes) expect(Number.isFinite(slope)).toBe(true);
  [pixels, hue, colour].forEach((tensor) => tensor.dispose());
});
