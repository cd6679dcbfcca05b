/** Convolution, bare (as TensorFlow.js has it) and with bias, ReLU and pool behind it (as the networks have it). */
import { conv3d, type Tensor1D, type Tensor5D } from '@tensorflow/tfjs-core';
import { convBlock, type Axes3, type ConvBlockOptions } from '../../../../models/ops/conv3d.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { pairwise } from '../pairwise.ts';
import { biasByLoops, conv3dByLoops, reluByLoops } from '../plain-loops/conv3d.ts';
import { maxPool3dByLoops } from '../plain-loops/pool3d.ts';
import { windowsOver } from '../plain-loops/windows.ts';
import { normal, sizeOf, type Values } from '../values.ts';

/** `extents` are those of the input with pad same, of the output at stride 1 with pad valid. */
type Convolution = {
  kernel: Axes3;
  extents: Axes3;
  c: number;
  o: number;
  pad: 'same' | 'valid';
  strides: Axes3;
  epilogue: 'none' | 'bias' | 'bias, ReLU' | 'bias, ReLU, pool';
};

/** Bounds the time of plain loops and of software GPUs. */
const MOST_MULTIPLY_ADDS = 2e6;
const CLIPS = 2;

const combinations = pairwise<Convolution>(
  {
    kernel: [
      [1, 1, 1],
      [2, 2, 2],
      [3, 3, 3],
      [4, 4, 4],
      [5, 5, 5],
      [6, 6, 6],
      [7, 7, 7],
      [1, 3, 3],
      [3, 1, 1],
    ],
    extents: [
      [3, 5, 7],
      [4, 6, 6],
      [1, 8, 1],
    ],
    c: [1, 3, 17, 64],
    o: [1, 3, 17, 64],
    pad: ['same', 'valid'],
    strides: [
      [1, 1, 1],
      [2, 2, 2],
      [1, 2, 2],
    ],
    epilogue: ['none', 'bias', 'bias, ReLU', 'bias, ReLU, pool'],
  },
  (convolution) => multiplyAdds(convolution, CLIPS) <= MOST_MULTIPLY_ADDS,
);

/** Sizes at which engines change their ways: tiles cut by edges, many blocks, filters larger than the clip. */
const chosen: [string, Partial<Convolution>, number?][] = [
  ['first layer', { c: 3, o: 16, extents: [4, 8, 8], epilogue: 'bias, ReLU, pool' }],
  ['tiles cut by every edge', { c: 16, o: 32, extents: [5, 7, 3] }],
  ['large tiles cut by every edge', { c: 8, o: 16, extents: [11, 11, 7] }, 1],
  ['a single output place', { c: 16, o: 16, extents: [1, 1, 1], pad: 'valid' }, 1],
  ['many blocks of tiles', { c: 8, o: 16, extents: [4, 10, 14], epilogue: 'bias, ReLU, pool' }],
  ['whole large tiles', { c: 8, o: 8, extents: [8, 8, 12], epilogue: 'bias, ReLU, pool' }, 4],
  ['large tiles, valid', { c: 8, o: 16, extents: [2, 8, 12], pad: 'valid' }],
  ['wide and deep filters', { c: 64, o: 64, extents: [2, 4, 4] }, 1],
  ['more channels than a tile is wide', { c: 16, o: 130, extents: [1, 4, 4], kernel: [1, 3, 3] }],
  ['3x7x7 at steps of 1x2x2', { c: 3, o: 8, extents: [4, 9, 10], kernel: [3, 7, 7], strides: [1, 2, 2] }],
  ['parts of a large filter', { c: 16, o: 16, extents: [4, 9, 9], kernel: [5, 5, 5], strides: [2, 2, 2] }, 1],
  ['steps beyond the filter', { c: 8, o: 16, extents: [4, 6, 7], kernel: [1, 1, 1], strides: [2, 2, 2] }],
  ['a pool that leaves a rest', { c: 8, o: 6, extents: [5, 7, 7], epilogue: 'bias, ReLU, pool' }, 1],
];

const DEFAULTS: Convolution = {
  kernel: [3, 3, 3],
  extents: [3, 5, 7],
  c: 3,
  o: 3,
  pad: 'same',
  strides: [1, 1, 1],
  epilogue: 'bias, ReLU',
};

function inputExtents({ extents, kernel, pad }: Convolution): Axes3 {
  return pad === 'same' ? extents : (extents.map((extent, i) => extent + kernel[i]! - 1) as Axes3);
}

function outputExtents(convolution: Convolution): Axes3 {
  return windowsOver(inputExtents(convolution), { ...convolution, size: convolution.kernel }).output;
}

function multiplyAdds(convolution: Convolution, n: number): number {
  const { kernel, c, o } = convolution;
  return n * sizeOf(outputExtents(convolution)) * sizeOf(kernel) * c * o;
}

function caseOf(convolution: Convolution, n: number, title: string): ConformanceCase {
  const { kernel, c, o, pad, strides, epilogue } = convolution;
  const x = [n, ...inputExtents(convolution), c];
  const options = { strides, pad };
  const pool = poolOf(convolution);
  const relu = epilogue.includes('ReLU');
  return {
    op: 'conv3d',
    what: `${title}: [${x.join()}] by ${kernel.join('x')} to ${o}, ${pad}, steps ${strides.join('x')}, ${epilogue}`,
    inputs: [normal(x, 1), normal([...kernel, c, o], 2), ...(epilogue === 'none' ? [] : [normal([o], 3)])],
    compute: (clips, filter, bias) => [
      bias === undefined
        ? conv3d(clips as Tensor5D, filter as Tensor5D, strides, pad)
        : convBlock(clips as Tensor5D, filter as Tensor5D, bias as Tensor1D, { ...options, relu, pool }),
    ],
    reference: (clips, filter, bias) => [blockByLoops(clips!, filter!, bias ?? null, { ...options, relu, pool })],
    gradientsOf: epilogue === 'none' ? [0, 1] : [0, 1, 2],
    multiplyAdds: multiplyAdds(convolution, n),
  };
}

/** Windows of two places, or of one where there is no second. */
function poolOf(convolution: Convolution): Axes3 | null {
  if (!convolution.epilogue.includes('pool')) return null;
  return outputExtents(convolution).map((extent) => Math.min(2, extent)) as Axes3;
}

function blockByLoops(x: Values, filter: Values, bias: Values | null, options: ConvBlockOptions): Values {
  const y = conv3dByLoops(x, filter, options);
  const shifted = bias === null ? y : biasByLoops(y, bias);
  const active = options.relu ? reluByLoops(shifted) : shifted;
  const { pool } = options;
  return pool === null ? active : maxPool3dByLoops(active, { size: pool, strides: pool, pad: 'valid' });
}

export const conv3dCases: readonly ConformanceCase[] = [
  ...combinations.map((convolution, i) => caseOf(convolution, 1 + (i % CLIPS), `pairs ${i + 1}`)),
  ...chosen.map(([title, parts, n = CLIPS]) => caseOf({ ...DEFAULTS, ...parts }, n, title)),
];
