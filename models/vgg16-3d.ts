/**
 * VGG-16 inflated to three dimensions without temporal down-sampling, the network of temporal stochastic softmax
 * (algorithms.md 1.4), after Simonyan and Zisserman (2015), "Very Deep Convolutional Networks for Large-Scale Image
 * Recognition", and Carreira and Zisserman (2017), "Quo Vadis, Action Recognition?" for the inflation.
 *
 *   [n,t,224,224,3] -> 13 convolutions 3x3x3 in five blocks of 64 128 256 512 512, each block with a pool 1x2x2
 *   -> [n,t,7,7,512] -> per frame: fc6 4096, ReLU, dropout -> fc7 4096, ReLU, dropout twice -> fc8 128, ReLU
 *   -> logits [n,t,k]
 *
 * The second dropout after fc7 belongs to the classifier that the authors put behind the reused layers. Odd sizes pool
 * to floor(size / 2), as in PyTorch. A crop other than 224 changes the inputs of fc6, whose 2D weights then do not fit.
 *
 * Parameters: conv1_1 conv1_2 conv2_1 .. conv5_3 `.kernel` [3,3,3,c,c'], `.bias`; fc6 fc7 fc8 logits `.kernel` [c,c'],
 * `.bias`. fc6 reads [h,w,c] in that order. Backbone: all up to fc7, the layers that 2D weights can fill.
 */
import { relu, reshape, tidy, type Tensor2D, type Tensor5D } from '@tensorflow/tfjs-core';
import { applyConvStack, convStackSpecs, convStackTrace, type ConvStack } from './conv-stack.ts';
import { dense, denseSpecs, denseTrace, dropout, flattenRows, scaledWidth } from './layers.ts';
import { initVariables, type ImportRules, type Network, type NetworkCard } from './network.ts';
import { assertShape, sizeOf } from './shape.ts';
import type { ApplyMode, ModelOptions, NamedTensors } from './types.ts';
import { featureRules, vgg16Body, VGG16_FILTERS } from './vgg16-body.ts';

/** Channels of the five blocks, units of fc6 and fc7, units of fc8. */
export type Vgg16Widths = { filters: readonly number[]; units: number; headUnits: number };

export const vgg16In3d: NetworkCard = {
  name: 'vgg16-3d',
  title: 'Inflated VGG-16',
  source: 'Simonyan and Zisserman 2015, inflated as in temporal stochastic softmax (WACV 2021)',
  output: 'frame',
  temporalRadius: 13,
  cropSize: 224,
  scoreStride: 1,
  create: (options) => createVgg16In3d(options, scaledVgg16(options)),
};

function scaledVgg16({ width }: ModelOptions): Vgg16Widths {
  const [units, headUnits] = [scaledWidth(4096, width), scaledWidth(128, width)];
  return { filters: VGG16_FILTERS.map((filters) => scaledWidth(filters, width)), units, headUnits };
}

/** Inflated VGG-16 of any width; the registry has the published one. */
export function createVgg16In3d(options: ModelOptions, widths: Vgg16Widths): Network {
  const { classes: k, cropSize: side } = options;
  const { units, headUnits } = widths;
  const body = vgg16Body({ filters: widths.filters, taps: [3, 3, 3], frameNorm: options.frameNorm });
  const features = sizeOf(convStackTrace(body, [1, 1, side, side, 3]).at(-1)?.output ?? []);
  const layers = [
    { name: 'fc6', inputs: features, outputs: units, start: 'he' },
    { name: 'fc7', inputs: units, outputs: units, start: 'he' },
    { name: 'fc8', inputs: units, outputs: headUnits, start: 'he' },
    { name: 'logits', inputs: headUnits, outputs: k, start: 'glorot' },
  ] as const;
  const denseParams = layers.map(({ name, inputs, outputs, start }) => denseSpecs(name, inputs, outputs, start));
  const specs = { params: Object.assign({}, convStackSpecs(body, 3), ...denseParams), buffers: {} };
  return {
    options,
    specs,
    headParams: ['fc8.kernel', 'fc8.bias', 'logits.kernel', 'logits.bias'],
    importRules: torchvisionRules(body),
    init: (uniform) => ({ params: initVariables(specs.params, uniform), buffers: {} }),
    apply: ({ params }, clips: Tensor5D, mode) => {
      const [n, t] = clips.shape;
      assertShape(clips, [null, null, side, side, 3], 'vgg16-3d input');
      return tidy(() => {
        const frames = flattenRows(applyConvStack(body, params, clips), n * t);
        return reshape(classifyFrames(frames, params, options.dropout, mode), [n, t, k]);
      });
    },
    trace: (n, t) => [
      ...convStackTrace(body, [n, t, side, side, 3]),
      ...layers.map(({ name, inputs, outputs }) => denseTrace(name, n * t, inputs, outputs)),
    ],
  };
}

function classifyFrames(frames: Tensor2D, params: NamedTensors, rate: number, mode: ApplyMode): Tensor2D {
  const fc6 = dropout(relu(dense(frames, params, 'fc6')), rate, mode, 0);
  const fc7 = dropout(relu(dense(fc6, params, 'fc7')), rate, mode, 1);
  const fc8 = relu(dense(dropout(fc7, rate, mode, 2), params, 'fc8'));
  return dense(fc8, params, 'logits');
}

function torchvisionRules(body: ConvStack): ImportRules {
  const channels = body.stages.at(-1)?.filters ?? 0;
  return {
    ...featureRules(body),
    'fc6.kernel': { from: 'classifier.0.weight', kind: 'dense-after-conv', channels },
    'fc6.bias': { from: 'classifier.0.bias', kind: 'bias' },
    'fc7.kernel': { from: 'classifier.3.weight', kind: 'dense' },
    'fc7.bias': { from: 'classifier.3.bias', kind: 'bias' },
  };
}
