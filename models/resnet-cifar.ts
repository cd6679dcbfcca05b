/**
 * Residual networks for small pictures (He et al. 2016) whose pools can be searched (Javan, Toews, Pedersoli 2023;
 * algorithms.md 2.2): 2D networks, that is 3D networks of kernel depth 1, which look at each frame of a clip by itself.
 *
 *   stem conv 3x3 -> blocks, all of stride 1, max pools of 2x2 in front of some -> mean over [h,w] -> logits [n,t,k]
 *
 * `resnet20` 9 basic blocks of 16, 32, 64 channels, the stem counted as a unit: 10 units, 3 scales, 36 configurations;
 * `resnet18` 8 basic blocks of 64 to 512, the stem counted: 9 units, 4 scales, 56;
 * `resnet50` 16 bottlenecks of 256 to 2048, the stem part of the first: 16 units, 4 scales, 455.
 *
 * Parameters: stem.conv.kernel, stem.norm.*; block<i>.conv<j>.kernel, block<i>.norm<j>.*, from 1; block<i>.shortcut.kernel,
 * block<i>.shortcutNorm.* where the width changes; logits.*. Buffers: running statistics of each norm.
 */
import { add, mean, relu, reshape, type Tensor5D } from '@tensorflow/tfjs-core';
import { normalise as batchNormLayer } from './batch-norm-layer.ts';
import { convNormBuffers, convNormParams, convNormTrace, type ConvNorm } from './conv-norm.ts';
import { dense, denseSpecs, denseTrace, dropout, flattenRows } from './layers.ts';
import type { LayerTrace } from './network.ts';
import { batchNormTraining } from './ops/batch-norm.ts';
import { conv3d } from './ops/conv3d.ts';
import type { PoolingChoices } from './pooling-configuration.ts';
import {
  searchableCard,
  type Chain,
  type Head,
  type Normaliser,
  type SearchableCard,
  type Unit,
} from './searchable-network.ts';
import type { ModelOptions, NamedTensors } from './types.ts';

const EPSILON = 1e-5;

/** Channels and number of blocks of each stage; `expansion` 4 makes bottlenecks. */
type ResNet = { stem: number; stages: readonly { width: number; blocks: number }[]; expansion: 1 | 4 };

const stagesOf = (widths: readonly number[], blocks: readonly number[]) =>
  widths.map((width, i) => ({ width, blocks: blocks[i]! }));

const flat = (units: number, space: readonly number[]): PoolingChoices => ({
  ...{ units, spacePools: space.length - 1, timePools: 0 },
  default: { space, time: [units] },
});

export const resnet20 = resnetCard('resnet20', 'ResNet-20', {
  net: { stem: 16, stages: stagesOf([16, 32, 64], [3, 3, 3]), expansion: 1 },
  pooling: flat(10, [4, 3, 3]),
});

export const resnet18 = resnetCard('resnet18', 'ResNet-18', {
  net: { stem: 64, stages: stagesOf([64, 128, 256, 512], [2, 2, 2, 2]), expansion: 1 },
  pooling: flat(9, [3, 2, 2, 2]),
});

export const resnet50 = resnetCard('resnet50', 'ResNet-50', {
  net: { stem: 64, stages: stagesOf([64, 128, 256, 512], [3, 4, 6, 3]), expansion: 4 },
  pooling: flat(16, [3, 4, 6, 3]),
});

/** A network of the family, of any size. */
export function resnetCard(
  name: string,
  title: string,
  { net, pooling }: { net: ResNet; pooling: PoolingChoices },
): SearchableCard {
  return searchableCard({
    ...{ name, title, source: 'He et al. 2016; pools after Javan et al. 2023', pooling },
    ...{ output: 'frame', temporalRadius: 0, cropSize: 32, scoreStride: 1 },
    chain: (options) => chainOf(net, pooling.units, options),
  });
}

function chainOf(net: ResNet, count: number, options: ModelOptions): Chain {
  const stem = unitOf([convNorm('stem.', 'conv', { inputs: 3, filters: net.stem, side: 3 })], null);
  const blocks: Unit[] = [];
  let inputs = net.stem;
  for (const { width, blocks: repeats } of net.stages) {
    for (let i = 0; i < repeats; i++) {
      blocks.push(residualUnit(`block${blocks.length + 1}.`, inputs, width, net.expansion));
      inputs = width * net.expansion;
    }
  }
  return {
    units: count === blocks.length ? [chained(stem, blocks[0]!), ...blocks.slice(1)] : [stem, ...blocks],
    head: headOf(inputs, options),
    normaliser: (variables, mode) => (x, name, withRelu) =>
      batchNormLayer(x, name, variables, { mode, relu: withRelu }),
    plainNormaliser: (x, _, withRelu) => batchNormTraining(x, null, { epsilon: EPSILON, relu: withRelu }).y,
  };
}

type Shape = { inputs: number; filters: number; side: 1 | 3 };

function convNorm(prefix: string, conv: string, { inputs, filters, side }: Shape): ConvNorm {
  const norm = conv === 'shortcut' ? 'shortcutNorm' : conv.replace('conv', 'norm');
  return {
    ...{ conv: prefix + conv, norm: prefix + norm, inputs, filters },
    ...{ taps: [1, side, side], strides: [1, 1, 1] },
  };
}

/** A basic block of two 3x3 convolutions, or a bottleneck of 1x1, 3x3 and 1x1. */
function residualUnit(prefix: string, inputs: number, width: number, expansion: 1 | 4): Unit {
  const filters = width * expansion;
  const convs =
    expansion === 1
      ? [
          convNorm(prefix, 'conv1', { inputs, filters, side: 3 }),
          convNorm(prefix, 'conv2', { inputs: filters, filters, side: 3 }),
        ]
      : [
          convNorm(prefix, 'conv1', { inputs, filters: width, side: 1 }),
          convNorm(prefix, 'conv2', { inputs: width, filters: width, side: 3 }),
          convNorm(prefix, 'conv3', { inputs: width, filters, side: 1 }),
        ];
  const shortcut = inputs === filters ? 'identity' : convNorm(prefix, 'shortcut', { inputs, filters, side: 1 });
  return unitOf(convs, shortcut);
}

/** Convolutions in a row; with a shortcut, a ReLU stands behind the sum and not behind the last of them. */
function unitOf(convs: readonly ConvNorm[], shortcut: ConvNorm | 'identity' | null): Unit {
  const all = shortcut === null || shortcut === 'identity' ? convs : [...convs, shortcut];
  return {
    params: convNormParams(all),
    buffers: convNormBuffers(all),
    apply: (x, params, normalise) => {
      const run = runner(params, normalise);
      const isLast = (i: number) => i === convs.length - 1;
      const y = convs.reduce((z, conv, i) => run(z, conv, shortcut === null || !isLast(i)), x);
      if (shortcut === null) return y;
      return relu(add(y, shortcut === 'identity' ? x : run(x, shortcut, false)));
    },
    trace: (input) => {
      const path = tracesOf(convs, input);
      const side = typeof shortcut === 'object' && shortcut !== null ? convNormTrace(shortcut, input) : [];
      const output = path.at(-1)!.output;
      return shortcut === null ? path : [...path, ...side, { name: `${convs[0]!.conv}.sum`, output, multiplyAdds: 0 }];
    },
  };
}

function chained(first: Unit, second: Unit): Unit {
  return {
    params: { ...first.params, ...second.params },
    buffers: { ...first.buffers, ...second.buffers },
    apply: (x, params, normalise) => second.apply(first.apply(x, params, normalise), params, normalise),
    trace: (input) => {
      const traces = first.trace(input);
      return [...traces, ...second.trace(traces.at(-1)!.output)];
    },
  };
}

function runner(params: NamedTensors, normalise: Normaliser) {
  return (x: Tensor5D, { conv, norm, strides }: ConvNorm, withRelu: boolean) => {
    const kernel = params[`${conv}.kernel`] as Tensor5D;
    return normalise(conv3d(x, kernel, null, { strides, pad: 'same', relu: false }), norm, withRelu);
  };
}

function tracesOf(convs: readonly ConvNorm[], input: readonly number[]): LayerTrace[] {
  return convs.reduce<LayerTrace[]>(
    (traces, conv) => [...traces, ...convNormTrace(conv, traces.at(-1)?.output ?? input)],
    [],
  );
}

function headOf(features: number, { classes: k, dropout: rate }: ModelOptions): Head {
  return {
    params: denseSpecs('logits', features, k, 'glorot'),
    apply: (x, params, mode) => {
      const [n, t] = x.shape;
      const kept = dropout(flattenRows(mean(x, [2, 3]), n * t), rate, mode, 0);
      return reshape(dense(kept, params, 'logits'), [n, t, k]);
    },
    trace: ([n = 0, t = 0]) => [denseTrace('logits', n * t, features, k)],
  };
}
