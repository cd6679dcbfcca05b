/**
 * R3D-18: Tran, Wang, Torresani, Ray, LeCun, Paluri (2018), "A Closer Look at Spatiotemporal Convolutions for Action
 * Recognition". A ResNet-18 whose convolutions are all three-dimensional, with batch normalisation.
 *
 *   [n,16,112,112,3] -> stem 3x7x7 stride 1x2x2, 64 -> [n,16,56,56,64]
 *   -> layer1: 2 blocks of 64 -> layer2: 128, layer3: 256, layer4: 512, each halving t, h and w -> [n,2,7,7,512]
 *   -> mean over t, h, w -> dropout -> logits [n,1,k]
 *
 * A block is conv 3x3x3, norm, ReLU, conv 3x3x3, norm, plus the shortcut (1x1x1 with norm where the shape changes),
 * ReLU. Departure from the PyTorch version: at stride 2 an even axis is padded on its far end only (`same` of
 * TensorFlow). Any crop and clip length will do.
 *
 * Parameters: `<conv>.kernel` [kt,kh,kw,c,c'] without bias and `<norm>.scale`, `.offset` [c]; buffers `<norm>.mean`,
 * `.variance` [c]. Convolution and norm pairs: stem.conv stem.norm; layer<i>.<j>.conv1 .norm1 .conv2 .norm2 for i 1..4
 * and j 0..1; layer<i>.0.shortcut .shortcutNorm for i 2..4. Then logits.kernel [512,k], logits.bias.
 */
import { add, mean, relu, reshape, tidy, type Tensor2D, type Tensor5D } from '@tensorflow/tfjs-core';
import { normalise } from './batch-norm-layer.ts';
import { convNormBuffers, convNormParams, convNormTrace, type ConvNorm } from './conv-norm.ts';
import { dense, denseSpecs, denseTrace, dropout } from './layers.ts';
import { initVariables, type LayerTrace, type Network, type NetworkCard } from './network.ts';
import { conv3d, type Axes3 } from './ops/conv3d.ts';
import { assertShape } from './shape.ts';
import type { ApplyMode, ModelOptions, Variables } from './types.ts';

/** Channels of the stem and of the four layers. */
export type R3dWidths = readonly [number, number, number, number];

const PAPER: R3dWidths = [64, 128, 256, 512];

type Block = { first: ConvNorm; second: ConvNorm; shortcut: ConvNorm | null };
type Body = { stem: ConvNorm; blocks: Block[] };

export const r3d18: NetworkCard = {
  name: 'r3d18',
  title: 'R3D-18',
  source: 'Tran et al. 2018',
  output: 'clip',
  cropSize: 112,
  scoreStride: 4,
  create: (options) => createR3d18(options, PAPER),
};

/** R3D-18 of any width; the registry has the paper's. */
export function createR3d18(options: ModelOptions, widths: R3dWidths): Network {
  const { classes: k, clipFrames, cropSize: side } = options;
  const body = bodyOf(widths);
  const units = unitsOf(body);
  const features = widths[3];
  const specs = {
    params: { ...convNormParams(units), ...denseSpecs('logits', features, k, 'glorot') },
    buffers: convNormBuffers(units),
  };
  return {
    options,
    specs,
    headParams: ['logits.kernel', 'logits.bias'],
    init: (uniform) => ({
      params: initVariables(specs.params, uniform),
      buffers: initVariables(specs.buffers, uniform),
    }),
    apply: (variables, clips: Tensor5D, mode) => {
      const n = clips.shape[0];
      assertShape(clips, [null, clipFrames, side, side, 3], 'r3d18 input');
      return tidy(() => {
        const pooled: Tensor2D = mean(applyBody(body, variables, clips, mode), [1, 2, 3]);
        const kept = dropout(pooled, options.dropout, mode, 0);
        return reshape(dense(kept, variables.params, 'logits'), [n, 1, k]);
      });
    },
    trace: (n, t) => [...bodyTrace(body, [n, t, side, side, 3]), denseTrace('logits', n, features, k)],
  };
}

function bodyOf(widths: R3dWidths): Body {
  const stem = convNorm('stem.', { conv: 'conv', norm: 'norm', inputs: 3, filters: widths[0] });
  const blocks = widths.flatMap((filters, i) => [
    blockOf(`layer${i + 1}.0.`, widths[Math.max(0, i - 1)] as number, filters),
    blockOf(`layer${i + 1}.1.`, filters, filters),
  ]);
  return { stem: { ...stem, taps: [3, 7, 7], strides: [1, 2, 2] }, blocks };
}

/** Halves t, h and w where the number of channels changes. */
function blockOf(prefix: string, inputs: number, filters: number): Block {
  const strides: Axes3 = inputs === filters ? [1, 1, 1] : [2, 2, 2];
  const first = convNorm(prefix, { conv: 'conv1', norm: 'norm1', inputs, filters });
  const second = convNorm(prefix, { conv: 'conv2', norm: 'norm2', inputs: filters, filters });
  const shortcut = convNorm(prefix, { conv: 'shortcut', norm: 'shortcutNorm', inputs, filters });
  return {
    first: { ...first, strides },
    second,
    shortcut: inputs === filters ? null : { ...shortcut, taps: [1, 1, 1], strides },
  };
}

function convNorm(prefix: string, unit: Pick<ConvNorm, 'conv' | 'norm' | 'inputs' | 'filters'>): ConvNorm {
  const named = { ...unit, conv: prefix + unit.conv, norm: prefix + unit.norm };
  return { ...named, taps: [3, 3, 3], strides: [1, 1, 1] };
}

function unitsOf({ stem, blocks }: Body): ConvNorm[] {
  const ofBlocks = blocks.flatMap(({ first, second, shortcut }) =>
    shortcut ? [first, second, shortcut] : [first, second],
  );
  return [stem, ...ofBlocks];
}

function applyBody({ stem, blocks }: Body, variables: Variables, clips: Tensor5D, mode: ApplyMode): Tensor5D {
  const run = (x: Tensor5D, unit: ConvNorm, withRelu: boolean) => {
    const kernel = variables.params[`${unit.conv}.kernel`] as Tensor5D;
    const z = conv3d(x, kernel, null, { strides: unit.strides, pad: 'same', relu: false });
    return normalise(z, unit.norm, variables, { mode, relu: withRelu });
  };
  return blocks.reduce(
    (x, { first, second, shortcut }) => {
      const residual = run(run(x, first, true), second, false);
      return relu(add(residual, shortcut === null ? x : run(x, shortcut, false)));
    },
    run(clips, stem, true),
  );
}

function bodyTrace({ stem, blocks }: Body, input: readonly number[]): LayerTrace[] {
  const traces = convNormTrace(stem, input);
  for (const { first, second, shortcut } of blocks) {
    const before = traces.at(-1)?.output ?? input;
    const units = [convNormTrace(first, before), shortcut === null ? [] : convNormTrace(shortcut, before)].flat();
    const middle = units[0]?.output ?? before;
    traces.push(...units, ...convNormTrace(second, middle), {
      name: `${second.conv}.sum`,
      output: middle,
      multiplyAdds: 0,
    });
  }
  return traces;
}
