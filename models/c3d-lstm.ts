/**
 * C3D with a memory, after Vielzeuf, Pateux, Jurie (2017), "Temporal Multimodal Fusion for Video Emotion Classification in
 * the Wild": C3D describes each clip of a video by its fc7, an LSTM reads these descriptions in order and judges after every
 * clip; temporal pooling makes one decision of the judgements.
 *
 *   p clips [16,112,112,3] -> C3D up to fc7, 4096 -> [p,4096] -> LSTM 128 -> logits [p,k]
 *
 * The number of units of the LSTM is ours. Clips overlap by half.
 *
 * Parameters: those of `c3d` up to fc7; `lstm.input.kernel` [c,4u], `lstm.recurrent.kernel` [u,4u], `lstm.bias` [4u];
 * `logits.kernel` [u,k], `logits.bias`.
 */
import { reshape, tidy, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { c3dTrunk, scaledC3d, type C3dWidths } from './c3d.ts';
import { dense, denseSpecs, denseTrace, scaledWidth } from './layers.ts';
import { initVariables, type Network, type NetworkCard, type ParamSpecs } from './network.ts';
import { lstm } from './ops/lstm.ts';
import type { ModelOptions } from './types.ts';

const LSTM_UNITS = 128;

export const c3dLstm: NetworkCard = {
  name: 'c3d-lstm',
  title: 'C3D with an LSTM over clips',
  source: 'after Vielzeuf et al. 2017',
  output: 'clip',
  cropSize: 112,
  scoreStride: 8,
  create: (options) => createC3dLstm(options, scaledC3d(options), scaledWidth(LSTM_UNITS, options.width)),
};

/** C3D and LSTM of any width. @param units - of the LSTM */
export function createC3dLstm(options: ModelOptions, widths: C3dWidths, units: number): Network {
  const { classes: k } = options;
  const trunk = c3dTrunk(options, widths);
  const memory: ParamSpecs = {
    'lstm.input.kernel': { shape: [widths.units, 4 * units], start: 'glorot' },
    'lstm.recurrent.kernel': { shape: [units, 4 * units], start: 'glorot' },
    'lstm.bias': { shape: [4 * units], start: 'zeros' },
    ...denseSpecs('logits', units, k, 'glorot'),
  };
  const specs = { params: { ...trunk.params, ...memory }, buffers: {} };
  return {
    options,
    specs,
    headParams: Object.keys(memory),
    init: (uniform) => ({ params: initVariables(specs.params, uniform), buffers: {} }),
    apply: ({ params }, clips, mode) =>
      tidy(() => reshape(trunk.features(params, clips, mode), [clips.shape[0], 1, widths.units])),
    sequence: {
      params: Object.keys(memory),
      apply: ({ params }, features) => {
        const [n, p] = features.shape;
        const input = params['lstm.input.kernel'] as Tensor2D;
        const recurrent = params['lstm.recurrent.kernel'] as Tensor2D;
        return tidy(() => {
          const states = lstm(features, { input, recurrent, bias: params['lstm.bias'] as Tensor1D });
          return reshape(dense(reshape(states, [n * p, units]), params, 'logits'), [n, p, k]);
        });
      },
    },
    trace: (n, t) => [
      ...trunk.trace(n, t),
      denseTrace('lstm', n, widths.units + units, 4 * units),
      denseTrace('logits', n, units, k),
    ],
  };
}
