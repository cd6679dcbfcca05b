/**
 * Wide residual networks for small pictures (Zagoruyko and Komodakis 2016, "Wide residual networks"): 2D networks, that is
 * 3D networks of kernel depth 1, which look at each frame of a clip by itself.
 *
 *   stem conv 3x3, 16 -> 3 stages of blocks, the last two of stride 2 -> norm, ReLU -> mean over [h,w] -> logits [n,t,k]
 *   block: norm, ReLU, conv 3x3, norm, ReLU, dropout, conv 3x3, added to the input; where shape changes, to a conv 1x1 of
 *   the first ReLU
 *
 * WRN-d-k has (d - 4) / 6 blocks in a stage, of 16k, 32k and 64k channels: WRN-28-10 has 4, and 36.5 million parameters.
 *
 * Parameters: stem.kernel; block<i>.norm<j>.scale, .offset, block<i>.conv<j>.kernel, from 1; block<i>.shortcut.kernel;
 * norm.scale, .offset; logits.*. Buffers: running statistics of each norm.
 */
import { add, mean, reshape, tidy, type Tensor5D } from '@tensorflow/tfjs-core';
import { normalise, normBufferSpecs } from './batch-norm-layer.ts';
import { affineSpecs, dense, denseSpecs, denseTrace, dropout, flattenRows } from './layers.ts';
import { initVariables, type LayerTrace, type Network, type NetworkCard, type ParamSpecs } from './network.ts';
import { conv3d, type Axes3 } from './ops/conv3d.ts';
import { assertShape, sizeOf } from './shape.ts';
import type { ApplyMode, ModelOptions, Variables } from './types.ts';

const STEM = 16;

type Block = { name: string; inputs: number; filters: number; stride: 1 | 2 };

export const wideResnet = wideResnetCard('wrn-28-10', 'WRN-28-10', { blocks: 4, widening: 10 });

/** A network of the family. `blocks`: of each stage. */
export function wideResnetCard(
  name: string,
  title: string,
  { blocks, widening }: { blocks: number; widening: number },
): NetworkCard {
  return {
    ...{ name, title, source: 'Zagoruyko and Komodakis 2016' },
    ...{ output: 'frame', temporalRadius: 0, cropSize: 32, scoreStride: 1 },
    create: (options) => createWideResnet(blocksOf(blocks, widening), options),
  };
}

function blocksOf(blocks: number, widening: number): Block[] {
  const widths = [16, 32, 64].map((width) => width * widening);
  return widths.flatMap((filters, stage) =>
    Array.from({ length: blocks }, (_, i): Block => ({
      name: `block${stage * blocks + i + 1}`,
      inputs: i > 0 ? filters : (widths[stage - 1] ?? STEM),
      filters,
      stride: i === 0 && stage > 0 ? 2 : 1,
    })),
  );
}

function createWideResnet(blocks: readonly Block[], options: ModelOptions): Network {
  const { classes: k, cropSize: side } = options;
  const features = blocks.at(-1)!.filters;
  const params = { ...convSpecs('stem', [1, 3, 3], 3, STEM), ...blockSpecs(blocks), ...affineSpecs('norm', features) };
  const specs = {
    params: { ...params, ...denseSpecs('logits', features, k, 'glorot') },
    buffers: { ...bufferSpecs(blocks), ...normBufferSpecs('norm', features) },
  };
  return {
    options,
    headParams: ['logits.kernel', 'logits.bias'],
    specs,
    init: (uniform) => ({
      params: initVariables(specs.params, uniform),
      buffers: initVariables(specs.buffers, uniform),
    }),
    apply: (variables, clips, mode) =>
      tidy(() => {
        assertShape(clips, [null, null, side, side, 3], 'wide resnet input');
        const [n, t] = clips.shape;
        const last = blocks.reduce(
          (x, block, i) => residual(x, block, i, { variables, mode, rate: options.dropout }),
          convolved(clips, variables, 'stem', 1),
        );
        const rows = flattenRows(mean(normalise(last, 'norm', variables, { mode, relu: true }), [2, 3]), n * t);
        return reshape(dense(rows, variables.params, 'logits'), [n, t, k]);
      }),
    trace: (n, t) => traceOf(blocks, [n, t, side, side, 3], k),
  };
}

type Setting = { variables: Variables; mode: ApplyMode; rate: number };

function residual(x: Tensor5D, { name, inputs, filters, stride }: Block, layer: number, setting: Setting): Tensor5D {
  const { variables, mode, rate } = setting;
  const first = normalise(x, `${name}.norm1`, variables, { mode, relu: true });
  const middle = convolved(first, variables, `${name}.conv1`, stride);
  const second = dropout(normalise(middle, `${name}.norm2`, variables, { mode, relu: true }), rate, mode, layer);
  const y = convolved(second, variables, `${name}.conv2`, 1);
  return add(y, inputs === filters && stride === 1 ? x : convolved(first, variables, `${name}.shortcut`, stride));
}

function convolved(x: Tensor5D, { params }: Variables, name: string, stride: 1 | 2): Tensor5D {
  const options = { strides: [1, stride, stride] as Axes3, pad: 'same', relu: false } as const;
  return conv3d(x, params[`${name}.kernel`] as Tensor5D, null, options);
}

function convSpecs(name: string, taps: Axes3, inputs: number, filters: number): ParamSpecs {
  return { [`${name}.kernel`]: { shape: [...taps, inputs, filters], start: 'he' } };
}

function blockSpecs(blocks: readonly Block[]): ParamSpecs {
  const specs: ParamSpecs = {};
  for (const { name, inputs, filters } of blocks) {
    Object.assign(specs, affineSpecs(`${name}.norm1`, inputs), convSpecs(`${name}.conv1`, [1, 3, 3], inputs, filters));
    Object.assign(
      specs,
      affineSpecs(`${name}.norm2`, filters),
      convSpecs(`${name}.conv2`, [1, 3, 3], filters, filters),
    );
    if (inputs !== filters) Object.assign(specs, convSpecs(`${name}.shortcut`, [1, 1, 1], inputs, filters));
  }
  return specs;
}

function bufferSpecs(blocks: readonly Block[]): ParamSpecs {
  return Object.assign(
    {},
    ...blocks.flatMap(({ name, inputs, filters }) => [
      normBufferSpecs(`${name}.norm1`, inputs),
      normBufferSpecs(`${name}.norm2`, filters),
    ]),
  ) as ParamSpecs;
}

function traceOf(blocks: readonly Block[], input: readonly number[], classes: number): LayerTrace[] {
  const traces = [convTrace('stem', input, { taps: [1, 3, 3], filters: STEM, stride: 1 })];
  for (const { name, inputs, filters, stride } of blocks) {
    const before = traces.at(-1)!.output;
    const first = convTrace(`${name}.conv1`, before, { taps: [1, 3, 3], filters, stride });
    const second = convTrace(`${name}.conv2`, first.output, { taps: [1, 3, 3], filters, stride: 1 });
    const shortcut = convTrace(`${name}.shortcut`, before, { taps: [1, 1, 1], filters, stride });
    traces.push(first, ...(inputs === filters ? [] : [shortcut]), second);
  }
  const [n = 0, t = 0, , , features = 0] = traces.at(-1)!.output;
  return [...traces, denseTrace('logits', n * t, features, classes)];
}

type Conv = { taps: Axes3; filters: number; stride: 1 | 2 };

function convTrace(name: string, input: readonly number[], { taps, filters, stride }: Conv): LayerTrace {
  const [n = 0, t = 0, h = 0, w = 0, inputs = 0] = input;
  const output = [n, t, Math.ceil(h / stride), Math.ceil(w / stride), filters];
  const conv = { input, taps, strides: [1, stride, stride] as Axes3 };
  return { name, output, multiplyAdds: sizeOf(output) * sizeOf(taps) * inputs, conv };
}
