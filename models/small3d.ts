/**
 * A small 3D CNN that trains from scratch on two CPU cores: four 3x3x3 convolutions in the manner of C3D (Tran et al.
 * 2015, "Learning Spatiotemporal Features with 3D Convolutional Networks") without temporal pooling, so that every
 * frame keeps its own logits as temporal pooling wants (algorithms.md 1.4).
 *
 *   [n,t,48,48,3] -> conv1 16, pool, norm1 -> conv2 32, pool, norm2 -> conv3 64, pool, norm3 -> conv4 64, norm4
 *   -> [n,t,6,6,64] -> mean over a grid of 3 x 3 places -> dropout -> logits [n,t,k]
 *
 * Two choices make it learn from a hundred videos in 500 steps, where the plain network hardly starts
 * (docs/experiment-log.md). A grid instead of one mean over all places: crops are aligned, so a place is a part of the
 * face. Normalisation of each frame by itself, behind the pool where a quarter of the values is left, with a ReLU behind
 * it; batch normalisation learns as fast, but would mix the clips of a batch. Other crops keep a grid of at most 3 x 3.
 *
 * Parameters: conv1..conv4 `.kernel` [3,3,3,c,c'] without bias; norm1..norm4 `.scale`, `.offset` [c];
 * `logits.kernel` [576,k] over [h,w,c], `logits.bias`.
 */
import { reshape, tidy, type Tensor5D } from '@tensorflow/tfjs-core';
import { convStackTrace } from './conv-stack.ts';
import { affineOf, affineSpecs, dense, denseSpecs, denseTrace, dropout, flattenRows } from './layers.ts';
import { initVariables, type LayerTrace, type Network, type NetworkCard, type ParamSpecs } from './network.ts';
import { convBlock, type Axes3 } from './ops/conv3d.ts';
import { frameNorm } from './ops/frame-norm.ts';
import { avgPool3d } from './ops/pool3d.ts';
import { assertShape } from './shape.ts';
import type { ModelOptions, NamedTensors } from './types.ts';

const TAPS: Axes3 = [3, 3, 3];
const SPATIAL_HALF: Axes3 = [1, 2, 2];

const BODY = [
  { conv: 'conv1', norm: 'norm1', inputs: 3, filters: 16, pool: SPATIAL_HALF },
  { conv: 'conv2', norm: 'norm2', inputs: 16, filters: 32, pool: SPATIAL_HALF },
  { conv: 'conv3', norm: 'norm3', inputs: 32, filters: 64, pool: SPATIAL_HALF },
  { conv: 'conv4', norm: 'norm4', inputs: 64, filters: 64, pool: null },
];
/** Of the frame norms. */
const EPSILON = 1e-3;
const FEATURES = 64;
const LARGEST_GRID = 3;
/** Below, a last map of one place would be normalised to nothing. */
const SMALLEST_CROP = 16;

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
  if (side < SMALLEST_CROP)
    throw new Error(`small3d: expected a crop of at least ${SMALLEST_CROP} pixels, got ${side}`);
  const map = bodyTrace([1, 1, side, side, 3]).at(-1)?.output[2] ?? 0;
  const cell = Math.ceil(map / LARGEST_GRID);
  const inputs = FEATURES * Math.ceil(map / cell) ** 2;
  const specs = specsOf(inputs, k);
  return {
    options,
    specs,
    headParams: ['logits.kernel', 'logits.bias'],
    init: (uniform) => ({ params: initVariables(specs.params, uniform), buffers: {} }),
    apply: ({ params }, clips: Tensor5D, mode) => {
      const [n, t] = clips.shape;
      assertShape(clips, [null, null, side, side, 3], 'small3d input');
      return tidy(() => {
        const grid = avgPool3d(applyBody(params, clips), [1, cell, cell], [1, cell, cell], 'same');
        const kept = dropout(flattenRows(grid, n * t), options.dropout, mode, 0);
        return reshape(dense(kept, params, 'logits'), [n, t, k]);
      });
    },
    trace: (n, t) => [...bodyTrace([n, t, side, side, 3]), denseTrace('logits', n * t, inputs, k)],
  };
}

function specsOf(inputs: number, k: number): Network['specs'] {
  const params: ParamSpecs = {};
  for (const stage of BODY) {
    params[`${stage.conv}.kernel`] = { shape: [...TAPS, stage.inputs, stage.filters], start: 'he' };
    Object.assign(params, affineSpecs(stage.norm, stage.filters));
  }
  return { params: { ...params, ...denseSpecs('logits', inputs, k, 'glorot') }, buffers: {} };
}

function applyBody(params: NamedTensors, clips: Tensor5D): Tensor5D {
  return BODY.reduce((x, { conv, norm, pool }) => {
    const kernel = params[`${conv}.kernel`] as Tensor5D;
    const z = convBlock(x, kernel, null, { strides: [1, 1, 1], pad: 'same', relu: false, pool });
    return frameNorm(z, affineOf(params, norm), { epsilon: EPSILON, relu: true });
  }, clips);
}

function bodyTrace(input: readonly number[]): LayerTrace[] {
  return BODY.reduce<LayerTrace[]>((traces, { conv, norm, filters, pool }) => {
    const stages = [{ name: conv, filters, ...(pool && { pool }) }];
    const pooled = convStackTrace({ stages, pad: 'valid' }, traces.at(-1)?.output ?? input);
    return [...traces, ...pooled, { name: norm, output: pooled.at(-1)?.output ?? [], multiplyAdds: 0 }];
  }, []);
}
