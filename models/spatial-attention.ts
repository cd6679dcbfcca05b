/**
 * Spatial attention on single frames, after Aminbeidokhti, Pedersoli, Cardinal, Granger (2019), "Emotion Recognition with
 * Spatial Attention and Temporal Softmax Pooling" (algorithms.md 1.9): the convolutions of VGG-16 on each frame by itself,
 * hops of attention over the places of its last map, one linear layer on what all hops saw.
 *
 *   [n,t,224,224,3] -> 13 convolutions 1x3x3 in five blocks -> [n,t,7,7,512] -> 49 places
 *   -> A = softmax over places of tanh(h W), a hops -> [n,t,512 a] -> dropout -> logits [n,t,k]
 *
 * Adds C times the mean over frames of ‖A Aᵀ - I‖ to the loss of a clip. A clip is one frame, so that `joint-softmax`
 * pooling is the joint softmax over frames and classes of the paper. The authors have no dropout here; a rate of 0 is theirs.
 *
 * Parameters: conv1_1 .. conv5_3 `.kernel` [1,3,3,c,c'], `.bias` (with `frameNorm` `.scale`, `.offset` but for the last); `attention.kernel`
 * [c,a]; `logits.kernel` [a·c,k], `logits.bias`.
 */
import {
  keep,
  mean,
  mul,
  reshape,
  tidy,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { applyConvStack, convStackSpecs, convStackTrace, type ConvStack } from './conv-stack.ts';
import { dense, denseSpecs, denseTrace, dropout, scaledWidth } from './layers.ts';
import { initVariables, type Network, type NetworkCard } from './network.ts';
import { attendedFeatures, attentionWeights, hopPenalty } from './ops/spatial-attention.ts';
import { assertShape } from './shape.ts';
import type { AttentionOptions, ModelOptions, NamedTensors } from './types.ts';
import { featureRules, vgg16Body, VGG16_FILTERS } from './vgg16-body.ts';

/** The best of the authors' runs had two hops; C is one of those that they tried. */
const PUBLISHED: AttentionOptions = { blocks: VGG16_FILTERS.length, hops: 2, penalty: 0.1 };

export const spatialAttention: NetworkCard = {
  name: 'spatial-attention',
  title: 'Spatial attention on frames',
  source: 'Aminbeidokhti et al. 2019',
  output: 'frame',
  temporalRadius: 0,
  cropSize: 224,
  clipFrames: 1,
  scoreStride: 1,
  create: createSpatialAttention,
};

function createSpatialAttention(options: ModelOptions): Network {
  const { classes: k, cropSize: side, attention = PUBLISHED } = options;
  const { hops, penalty } = attention;
  const body = bodyOf(options, attention);
  const [, , height = 0, width = 0, channels = 0] = convStackTrace(body, [1, 1, side, side, 3]).at(-1)?.output ?? [];
  if (height * width < hops)
    throw new Error(
      `spatial-attention: expected a last map of at least ${hops} places, one for each hop, got ${height} x ${width}`,
    );
  const specs = {
    params: {
      ...convStackSpecs(body, 3),
      'attention.kernel': { shape: [channels, hops], start: 'glorot' as const },
      ...denseSpecs('logits', hops * channels, k, 'glorot'),
    },
    buffers: {},
  };
  /** Places of all frames [n·t,h·w,c], and the weights that the hops give them [n·t,a,h·w]. */
  const look = (params: NamedTensors, clips: Tensor5D): [Tensor3D, Tensor3D] => {
    const [n, t] = clips.shape;
    assertShape(clips, [null, null, side, side, 3], 'spatial-attention input');
    const places: Tensor3D = reshape(applyConvStack(body, params, clips), [n * t, height * width, channels]);
    return [places, attentionWeights(places, params['attention.kernel'] as Tensor2D)];
  };
  return {
    options,
    specs,
    headParams: ['attention.kernel', 'logits.kernel', 'logits.bias'],
    importRules: featureRules(body),
    init: (uniform) => ({ params: initVariables(specs.params, uniform), buffers: {} }),
    apply: ({ params }, clips: Tensor5D, mode) => {
      const [n, t] = clips.shape;
      const penalties = mode.training ? mode.penalties : undefined;
      const [logits, excess] = tidy(() => {
        const [places, weights] = look(params, clips);
        const seen = dropout(attendedFeatures(weights, places), options.dropout, mode, 0);
        const frameLogits: Tensor3D = reshape(dense(seen, params, 'logits'), [n, t, k]);
        return penalties === undefined ? [frameLogits] : [frameLogits, meanPenalty(weights, [n, t], penalty)];
      }) as [Tensor3D, Tensor1D?];
      if (excess !== undefined) penalties?.push(keep(excess));
      return logits;
    },
    attentionMaps: ({ params }, clips) => {
      const [n, t] = clips.shape;
      return tidy(() => reshape(look(params, clips)[1], [n, t, hops, height, width]));
    },
    trace: (n, t) => [
      ...convStackTrace(body, [n, t, side, side, 3]),
      denseTrace('attention', n * t * height * width, channels, hops),
      denseTrace('logits', n * t, hops * channels, k),
    ],
  };
}

function bodyOf({ width, frameNorm }: ModelOptions, { blocks }: AttentionOptions): ConvStack {
  const filters = VGG16_FILTERS.slice(0, blocks).map((channels) => scaledWidth(channels, width));
  return vgg16Body({ filters, taps: [1, 3, 3], frameNorm });
}

/** C times the mean over frames, [n]. */
function meanPenalty(weights: Tensor3D, shape: [n: number, t: number], factor: number): Tensor1D {
  return mul(mean<Tensor1D>(reshape(hopPenalty(weights), shape), 1), factor);
}
