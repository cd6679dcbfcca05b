/**
 * A small 3D CNN that trains from scratch on two CPU cores: four 3x3x3 convolutions in the manner of C3D (Tran et al.
 * 2015, "Learning Spatiotemporal Features with 3D Convolutional Networks") without temporal pooling, so that every
 * frame keeps its own logits as temporal pooling wants (algorithms.md 1.4).
 *
 *   [n,t,48,48,3] -> conv1 16, pool -> conv2 32, pool -> conv3 64, pool -> conv4 64 -> [n,t,6,6,64]
 *   -> mean over a grid of 3 x 3 places -> dropout -> logits [n,t,k]
 *
 * Why a grid and not one mean over all places: crops are aligned, so a place is a part of the face, and from scratch on
 * a hundred videos one mean learns almost nothing in 500 steps (docs/experiment-log.md). Other crops keep a grid of at
 * most 3 x 3.
 *
 * Parameters: conv1..conv4 `.kernel` [3,3,3,c,c'] and `.bias`; `logits.kernel` [576,k] over [h,w,c], `logits.bias`.
 */
import { reshape, tidy, type Tensor5D } from '@tensorflow/tfjs-core';
import { applyConvStack, convStackSpecs, convStackTrace, type ConvStack } from './conv-stack.ts';
import { dense, denseSpecs, denseTrace, dropout, flattenRows } from './layers.ts';
import { initVariables, type Network, type NetworkCard } from './network.ts';
import type { Axes3 } from './ops/conv3d.ts';
import { avgPool3d } from './ops/pool3d.ts';
import { assertShape } from './shape.ts';
import type { ModelOptions } from './types.ts';

const SPATIAL_HALF: Axes3 = [1, 2, 2];

const BODY: ConvStack = {
  pad: 'valid',
  stages: [
    { name: 'conv1', filters: 16, pool: SPATIAL_HALF },
    { name: 'conv2', filters: 32, pool: SPATIAL_HALF },
    { name: 'conv3', filters: 64, pool: SPATIAL_HALF },
    { name: 'conv4', filters: 64 },
  ],
};
const FEATURES = 64;
const LARGEST_GRID = 3;

export const small3d: NetworkCard = {
  name: 'small3d',
  title: 'Small 3D CNN',
  source: 'after Tran et al. 2015, without temporal pooling',
  output: 'frame',
  temporalRadius: 4,
  cropSize: 48,
  scoreStride: 1,
  create: createSmall3d,
};

function createSmall3d(options: ModelOptions): Network {
  const { classes: k, cropSize: side } = options;
  const cell = Math.ceil(mapSide(side) / LARGEST_GRID);
  const inputs = FEATURES * Math.ceil(mapSide(side) / cell) ** 2;
  const specs = {
    params: { ...convStackSpecs(BODY, 3), ...denseSpecs('logits', inputs, k, 'glorot') },
    buffers: {},
  };
  return {
    options,
    specs,
    headParams: ['logits.kernel', 'logits.bias'],
    init: (uniform) => ({ params: initVariables(specs.params, uniform), buffers: {} }),
    apply: ({ params }, clips: Tensor5D, mode) => {
      const [n, t] = clips.shape;
      assertShape(clips, [null, null, side, side, 3], 'small3d input');
      return tidy(() => {
        const map = applyConvStack(BODY, params, clips);
        const grid = avgPool3d(map, [1, cell, cell], [1, cell, cell], 'same');
        const kept = dropout(flattenRows(grid, n * t), options.dropout, mode, 0);
        return reshape(dense(kept, params, 'logits'), [n, t, k]);
      });
    },
    trace: (n, t) => [...convStackTrace(BODY, [n, t, side, side, 3]), denseTrace('logits', n * t, inputs, k)],
  };
}

/** Side of the last feature map. */
function mapSide(side: number): number {
  return convStackTrace(BODY, [1, 1, side, side, 3]).at(-1)?.output[2] ?? 0;
}
