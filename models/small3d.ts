/**
 * A small 3D CNN that trains from scratch on two CPU cores: four 3x3x3 convolutions in the manner of C3D (Tran et al.
 * 2015, "Learning Spatiotemporal Features with 3D Convolutional Networks") without temporal pooling, so that every
 * frame keeps its own logits as temporal pooling wants (algorithms.md 1.4).
 *
 *   [n,t,48,48,3] -> conv1 16, pool -> conv2 32, pool -> conv3 64, pool -> conv4 64 -> [n,t,6,6,64]
 *   -> spatial mean -> dropout -> logits [n,t,k]
 *
 * Parameters: conv1..conv4 `.kernel` [3,3,3,c,c'] and `.bias`; `logits.kernel` [64,k], `logits.bias`.
 */
import { reshape, tidy, type Tensor5D } from '@tensorflow/tfjs-core';
import { applyConvStack, convStackSpecs, convStackTrace, type ConvStack } from './conv-stack.ts';
import { dense, denseSpecs, denseTrace, dropout, flattenRows, spatialMean } from './layers.ts';
import { initVariables, type Network, type NetworkCard } from './network.ts';
import type { Axes3 } from './ops/conv3d.ts';
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
  const specs = {
    params: { ...convStackSpecs(BODY, 3), ...denseSpecs('logits', FEATURES, k, 'glorot') },
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
        const features = spatialMean(applyConvStack(BODY, params, clips));
        const kept = dropout(flattenRows(features, n * t), options.dropout, mode, 0);
        return reshape(dense(kept, params, 'logits'), [n, t, k]);
      });
    },
    trace: (n, t) => [...convStackTrace(BODY, [n, t, side, side, 3]), denseTrace('logits', n * t, FEATURES, k)],
  };
}
