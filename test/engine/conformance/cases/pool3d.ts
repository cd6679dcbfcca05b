/** Maximum and mean over windows. */
import { avgPool3d, maxPool3d, type Tensor5D } from '@tensorflow/tfjs-core';
import type { ConformanceCase } from '../conformance-case.ts';
import { pairwise } from '../pairwise.ts';
import { avgPool3dByLoops, maxPool3dByLoops } from '../plain-loops/pool3d.ts';
import { windowsOver, type Axes3, type WindowOptions } from '../plain-loops/windows.ts';
import { distinct } from '../values.ts';

/** `strides`: 'size' puts windows side by side. */
type Pool = {
  size: Axes3 | 'global';
  extents: Axes3;
  c: number;
  pad: 'same' | 'valid';
  strides: Axes3 | 'size';
};

const combinations = pairwise<Pool>(
  {
    size: [[1, 1, 1], [1, 2, 2], [2, 2, 2], [3, 3, 3], [1, 3, 2], 'global'],
    extents: [
      [3, 5, 7],
      [4, 6, 6],
      [1, 8, 1],
    ],
    c: [1, 3, 17, 64],
    pad: ['same', 'valid'],
    strides: [[1, 1, 1], [2, 2, 2], 'size'],
  },
  (pool) => windowsOver(pool.extents, windowsOf(pool)).output.every((extent) => extent > 0),
);

function windowsOf({ size, extents, pad, strides }: Pool): WindowOptions {
  const window = size === 'global' ? extents : size;
  return { size: window, strides: strides === 'size' ? window : strides, pad };
}

function caseOf(op: 'max pool' | 'average pool', pool: Pool, i: number): ConformanceCase {
  const windows = windowsOf(pool);
  const { size, strides, pad } = windows;
  const x = [1 + (i % 2), ...pool.extents, pool.c];
  const [onEngine, byLoops] =
    op === 'max pool' ? [maxPool3d, maxPool3dByLoops] : ([avgPool3d, avgPool3dByLoops] as const);
  return {
    op,
    what: `[${x.join()}] by ${size.join('x')}, ${pad}, steps ${strides.join('x')}`,
    inputs: [distinct(x, 1)],
    compute: (clips) => [onEngine(clips as Tensor5D, size, strides, pad)],
    reference: (clips) => [byLoops(clips!, windows)],
    gradientsOf: [0],
  };
}

export const pool3dCases: readonly ConformanceCase[] = (['max pool', 'average pool'] as const).flatMap((op) =>
  combinations.map((pool, i) => caseOf(op, pool, i)),
);
