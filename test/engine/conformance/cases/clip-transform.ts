/** Warp, recolouring and normalisation of clips, of bytes and of floats. */
import type { Tensor3D, Tensor5D } from '@tensorflow/tfjs-core';
import { clipTransform } from '../../../../models/ops/clip-transform.ts';
import { colourMatrix } from '../../../../models/ops/colour-matrix.ts';
import { warpMatrix } from '../../../../models/ops/warp-matrix.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { clipTransformByLoops } from '../plain-loops/clip-transform.ts';
import { mapped, normal, wholeNumbers, type Values } from '../values.ts';

const SCALE = { fill: [0.1, 0.2, 0.3], mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.3, 0.25] };
/** The place of a sample is known to f32 precision, and the picture is steep. */
const WARP_TOLERANCE = 1e-4;

/** `n` different warps and colour changes. */
function matrices(n: number, aspect: number): Values[] {
  const items = Array.from({ length: n }, (_, i) => i);
  const warp = items.flatMap((i) =>
    warpMatrix({ flip: i % 2 === 0, rotationDeg: 17 * i + 5, scale: 1.1 - 0.3 * i, shiftX: 0.3, shiftY: -0.2, aspect }),
  );
  const colour = items.flatMap((i) => colourMatrix({ brightness: 1.2, contrast: 0.7 + 0.2 * i, saturation: 1.3 }));
  return [
    { shape: [n, 2, 3], values: Float32Array.from(warp) },
    { shape: [n, 3, 4], values: Float32Array.from(colour) },
  ];
}

function caseOf(shape: readonly number[], clips: Values): ConformanceCase {
  const isBytes = clips.values instanceof Int32Array;
  return {
    op: 'clip transform',
    what: `[${shape.join()}] of ${isBytes ? 'bytes' : 'floats'}`,
    inputs: [clips, ...matrices(shape[0]!, shape[3]! / shape[2]!)],
    compute: (x, warp, colour) => [
      clipTransform(x as Tensor5D, { warp: warp as Tensor3D, colour: colour as Tensor3D }, SCALE),
    ],
    reference: (x, warp, colour) => {
      const unit = isBytes ? mapped(x!, (value) => value / 255) : x!;
      return [clipTransformByLoops(unit, warp!, colour!, SCALE)];
    },
    gradientsOf: isBytes ? [1, 2] : [0, 1, 2],
    tolerance: WARP_TOLERANCE,
  };
}

const SHAPES = [
  [2, 3, 7, 9, 3],
  [1, 2, 1, 6, 3],
  [3, 1, 8, 1, 3],
];

export const clipTransformCases: readonly ConformanceCase[] = SHAPES.flatMap((shape) => [
  caseOf(shape, normal(shape, 1)),
  caseOf(shape, wholeNumbers(shape, 256, 1)),
]);
