/** Hue and an affine change of colours in one pass. */
import type { Tensor1D, Tensor3D, Tensor5D } from '@tensorflow/tfjs-core';
import { colourMatrix } from '../../../../models/ops/colour-matrix.ts';
import { hueColour } from '../../../../models/ops/hue-colour.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { hueColourByLoops } from '../plain-loops/hue-colour.ts';
import { distinct } from '../values.ts';

const SCALE = { mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.3, 0.25] };
/** Hues are quotients of small differences. */
const HUE_TOLERANCE = 1e-4;

function caseOf(shape: readonly number[]): ConformanceCase {
  const n = shape[0]!;
  const clips = Array.from({ length: n }, (_, i) => i);
  const colour = clips.flatMap((i) => colourMatrix({ brightness: 1.1, contrast: 0.8 + 0.2 * i, saturation: 1.2 }));
  return {
    op: 'hue and colour',
    what: `[${shape.join()}]`,
    inputs: [
      { shape, values: Float32Array.from(distinct(shape, 1).values, (value) => 0.5 + value * 0.24) },
      { shape: [n], values: Float32Array.from(clips, (i) => 0.3 - 0.45 * i) },
      { shape: [n, 3, 4], values: Float32Array.from(colour) },
    ],
    compute: (pixels, hue, matrix) => [
      hueColour(pixels as Tensor5D, { hue: hue as Tensor1D, colour: matrix as Tensor3D }, SCALE),
    ],
    reference: (pixels, hue, matrix) => [hueColourByLoops(pixels!, hue!, matrix!, SCALE)],
    gradientsOf: [0, 1, 2],
    tolerance: HUE_TOLERANCE,
  };
}

export const hueColourCases: readonly ConformanceCase[] = [
  [2, 3, 7, 9, 3],
  [1, 2, 1, 6, 3],
  [3, 1, 8, 1, 3],
].map(caseOf);
