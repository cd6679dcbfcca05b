/**
 * C3D: Tran, Bourdev, Fergus, Torresani, Paluri (2015), "Learning Spatiotemporal Features with 3D Convolutional
 * Networks". Eight 3x3x3 convolutions, five max pools, two layers of 4096.
 *
 *   [n,16,112,112,3] -> conv1a 64, pool 1x2x2 -> conv2a 128, pool 2x2x2 -> conv3a 256 -> conv3b 256, pool
 *   -> conv4a 512 -> conv4b 512, pool -> conv5a 512 -> conv5b 512, pool -> [n,1,4,4,512]
 *   -> fc6 4096, ReLU, dropout -> fc7 4096, ReLU, dropout -> logits [n,1,k]
 *
 * Odd sizes are pooled to ceil(size / 2), as the paper's Caffe does (7 -> 4 before fc6). Other crops and clip lengths
 * change the inputs of fc6 only. With `frameNorm` all but the last have `.scale` and `.offset` in place of the bias.
 *
 * Parameters: conv1a conv2a conv3a conv3b conv4a conv4b conv5a conv5b `.kernel` [3,3,3,c,c'], `.bias`;
 * fc6 fc7 logits `.kernel` [c,c'], `.bias`. fc6 reads [t,h,w,c] in that order.
 */
import { relu, reshape, tidy, type Tensor2D, type Tensor5D } from '@tensorflow/tfjs-core';
import { applyConvStack, convStackSpecs, convStackTrace, type ConvStack } from './conv-stack.ts';
import { dense, denseSpecs, denseTrace, dropout, flattenRows, scaledWidth } from './layers.ts';
import { initVariables, type LayerTrace, type Network, type NetworkCard, type ParamSpecs } from './network.ts';
import type { Axes3 } from './ops/conv3d.ts';
import { assertShape, sizeOf } from './shape.ts';
import type { ApplyMode, ModelOptions, NamedTensors } from './types.ts';

const SPATIAL_HALF: Axes3 = [1, 2, 2];
const HALF: Axes3 = [2, 2, 2];

/** Channels of the convolutions and units of fc6 and fc7. */
export type C3dWidths = { filters: readonly [number, number, number, number, number]; units: number };

const PAPER: C3dWidths = { filters: [64, 128, 256, 512, 512], units: 4096 };

export const c3d: NetworkCard = {
  name: 'c3d',
  title: 'C3D',
  source: 'Tran et al. 2015',
  output: 'clip',
  cropSize: 112,
  scoreStride: 4,
  create: (options) => createC3d(options, scaledC3d(options)),
};

/** The paper's widths, scaled as asked. */
export function scaledC3d({ width }: Pick<ModelOptions, 'width'>): C3dWidths {
  const [c1, c2, c3, c4, c5] = PAPER.filters.map((filters) => scaledWidth(filters, width));
  return { filters: [c1!, c2!, c3!, c4!, c5!], units: scaledWidth(PAPER.units, width) };
}

/** C3D of any width; the registry has the paper's. */
export function createC3d(options: ModelOptions, widths: C3dWidths): Network {
  const { classes: k } = options;
  const trunk = c3dTrunk(options, widths);
  const specs = { params: { ...trunk.params, ...denseSpecs('logits', widths.units, k, 'glorot') }, buffers: {} };
  return {
    options,
    specs,
    headParams: ['logits.kernel', 'logits.bias'],
    init: (uniform) => ({ params: initVariables(specs.params, uniform), buffers: {} }),
    apply: ({ params }, clips: Tensor5D, mode) =>
      tidy(() => reshape(dense(trunk.features(params, clips, mode), params, 'logits'), [clips.shape[0], 1, k])),
    trace: (n, t) => [...trunk.trace(n, t), denseTrace('logits', n, widths.units, k)],
  };
}

/** C3D up to fc7. */
export type C3dTrunk = {
  params: ParamSpecs;
  /** @param clips - [n,t,h,w,c]; @returns [n,units] */
  features(params: NamedTensors, clips: Tensor5D, mode: ApplyMode): Tensor2D;
  trace(n: number, t: number): LayerTrace[];
};

export function c3dTrunk(options: ModelOptions, { filters, units }: C3dWidths): C3dTrunk {
  const { clipFrames, cropSize: side } = options;
  const body = bodyOf(filters, options.frameNorm);
  const inputs = sizeOf(convStackTrace(body, [1, clipFrames, side, side, 3]).at(-1)?.output ?? []);
  return {
    params: {
      ...convStackSpecs(body, 3),
      ...denseSpecs('fc6', inputs, units, 'he'),
      ...denseSpecs('fc7', units, units, 'he'),
    },
    features: (params, clips, mode) => {
      assertShape(clips, [null, clipFrames, side, side, 3], 'c3d input');
      return tidy(() => {
        const flat = flattenRows(applyConvStack(body, params, clips), clips.shape[0]);
        const fc6 = dropout(relu(dense(flat, params, 'fc6')), options.dropout, mode, 0);
        return dropout(relu(dense(fc6, params, 'fc7')), options.dropout, mode, 1);
      });
    },
    trace: (n, t) => [
      ...convStackTrace(body, [n, t, side, side, 3]),
      denseTrace('fc6', n, inputs, units),
      denseTrace('fc7', n, units, units),
    ],
  };
}

function bodyOf([c1, c2, c3, c4, c5]: C3dWidths['filters'], frameNorm: boolean | undefined): ConvStack {
  return {
    pad: 'same',
    frameNorm,
    stages: [
      { name: 'conv1a', filters: c1, pool: SPATIAL_HALF },
      { name: 'conv2a', filters: c2, pool: HALF },
      { name: 'conv3a', filters: c3 },
      { name: 'conv3b', filters: c3, pool: HALF },
      { name: 'conv4a', filters: c4 },
      { name: 'conv4b', filters: c4, pool: HALF },
      { name: 'conv5a', filters: c5 },
      { name: 'conv5b', filters: c5, pool: HALF },
    ],
  };
}
