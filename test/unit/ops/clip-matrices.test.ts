import '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-cpu';
import { setBackend, tensor3d, tensor5d } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { clipTransform } from '../../../models/ops/clip-transform.ts';
import { colourMatrix } from '../../../models/ops/colour-matrix.ts';
import { warpMatrix, type Warp } from '../../../models/ops/warp-matrix.ts';

beforeAll(() => setBackend('cpu'));

const NO_WARP: Warp = { flip: false, rotationDeg: 0, scale: 1, shiftX: 0, shiftY: 0, aspect: 1 };
const NO_COLOUR = { brightness: 1, contrast: 1, saturation: 1 };
const SCALE = { fill: [0.5, 0.5, 0.5], mean: [0, 0, 0], deviation: [1, 1, 1] };
const SIDE = 5;

/** Red runs with the column, green with the row. */
const picture = Array.from({ length: SIDE }, (_, y) => Array.from({ length: SIDE }, (_, x) => [x / 10, y / 10, 0.2]));

function transformed(warp: Partial<Warp>, colour: Partial<typeof NO_COLOUR> = {}): number[][][] {
  const clips = tensor5d([[picture]]);
  const matrices = {
    warp: tensor3d(warpMatrix({ ...NO_WARP, ...warp }), [1, 2, 3]),
    colour: tensor3d(colourMatrix({ ...NO_COLOUR, ...colour }), [1, 3, 4]),
  };
  return clipTransform(clips, matrices, SCALE).arraySync()[0]![0]!;
}

const expectPixel = (pixel: number[], expected: number[]) =>
  pixel.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));

test('no change leaves the picture as it is', () => {
  const result = transformed({});
  result.forEach((row, y) => row.forEach((pixel, x) => expectPixel(pixel, picture[y]![x]!)));
});

test('a flip mirrors left and right', () => {
  expectPixel(transformed({ flip: true })[1]![0]!, picture[1]![4]!);
});

test('a shift to the right moves the picture and fills from the left', () => {
  const result = transformed({ shiftX: 0.5 });
  expectPixel(result[2]![1]!, picture[2]![0]!);
  expectPixel(result[2]![0]!, SCALE.fill);
});

test('a quarter turn clockwise takes the top to the right', () => {
  expectPixel(transformed({ rotationDeg: 90 })[2]![4]!, picture[0]![2]!);
});

test('a scale of 2 shows the middle enlarged', () => {
  expectPixel(transformed({ scale: 2 })[0]![0]!, picture[1]![1]!);
});

test('brightness scales, contrast spreads about mid grey', () => {
  expectPixel(transformed({}, { brightness: 2 })[1]![2]!, [0.4, 0.2, 0.4]);
  expectPixel(transformed({}, { contrast: 2 })[1]![2]!, [-0.1, -0.3, -0.1]);
});

test('without saturation all channels are the grey value', () => {
  const grey = 0.299 * 0.2 + 0.587 * 0.1 + 0.114 * 0.2;
  expectPixel(transformed({}, { saturation: 0 })[1]![2]!, [grey, grey, grey]);
});
