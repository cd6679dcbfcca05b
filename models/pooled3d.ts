/**
 * A small 3D CNN whose pools can be searched: `small3d` with six convolutions 3x3x3 instead of four, and free places for
 * the three pools that halve space and for a fourth that may halve time.
 *
 *   [n,t,48,48,3] -> 6 units of conv, frame norm, ReLU, of 16, 16, 32, 32, 64, 64 channels, pools in front of some
 *   -> [n,t',6,6,64] -> mean over a grid of 3 x 3 places -> dropout -> logits of each frame -> largest over t' -> [n,1,k]
 *
 * As in `small3d` a frame is normalised by itself: nothing depends on the other clips of a batch, and there are no running
 * statistics. That is what a supernet needs, and it makes the network trained alone the same function as its path
 * through the supernet, but for the scale and offset of the norms, which only the first has.
 *
 * Parameters: conv1..conv6 `.kernel` [3,3,3,c,c']; norm1..norm6 `.scale`, `.offset` [c]; `logits.kernel` [576,k], `.bias`.
 */
import { max, ones, reshape, zeros, type Tensor5D } from '@tensorflow/tfjs-core';
import { affineOf, affineSpecs, dense, denseSpecs, dropout, flattenRows } from './layers.ts';
import { conv3d, type Axes3 } from './ops/conv3d.ts';
import { frameNorm, type FrameNormOptions } from './ops/frame-norm.ts';
import { avgPool3d } from './ops/pool3d.ts';
import { searchableCard, type Chain, type Head, type Unit } from './searchable-network.ts';
import { sizeOf } from './shape.ts';
import type { ModelOptions } from './types.ts';

const WIDTHS = [16, 16, 32, 32, 64, 64];
const TAPS: Axes3 = [3, 3, 3];
const SPACE_POOLS = 3;
const GRID = 3;
/** Below, the last maps have too few places to normalise. */
const SMALLEST_CROP = 32;
const norm = (relu: boolean): FrameNormOptions => ({ epsilon: 1e-3, relu });

export const pooled3d = searchableCard({
  name: 'pooled3d',
  title: 'Small 3D CNN with searched pools',
  source: 'after Tran et al. 2015; pools after Javan et al. 2023',
  output: 'clip',
  cropSize: 48,
  scoreStride: 8,
  pooling: { units: 6, spacePools: SPACE_POOLS, timePools: 1, default: { space: [1, 1, 2, 2], time: [6] } },
  chain: chainOf,
});

function chainOf(options: ModelOptions): Chain {
  return {
    units: WIDTHS.map((filters, i) => convUnit(i + 1, i === 0 ? 3 : WIDTHS[i - 1]!, filters)),
    head: headOf(options),
    normaliser:
      ({ params }) =>
      (x, name, relu) =>
        frameNorm(x, affineOf(params, name), norm(relu)),
    plainNormaliser: (x, _, relu) => {
      const c = x.shape[4];
      return frameNorm(x, { scale: ones([c]), offset: zeros([c]) }, norm(relu));
    },
  };
}

function convUnit(number: number, inputs: number, filters: number): Unit {
  const [conv, normName] = [`conv${number}`, `norm${number}`];
  return {
    params: {
      [`${conv}.kernel`]: { shape: [...TAPS, inputs, filters], start: 'he' },
      ...affineSpecs(normName, filters),
    },
    buffers: {},
    apply: (x, params, normalise) => {
      const kernel = params[`${conv}.kernel`] as Tensor5D;
      return normalise(conv3d(x, kernel, null, { strides: [1, 1, 1], pad: 'same', relu: false }), normName, true);
    },
    trace: (input) => {
      const output = [...input.slice(0, 4), filters];
      return [
        {
          name: conv,
          output,
          multiplyAdds: sizeOf(output) * sizeOf(TAPS) * inputs,
          conv: { input, taps: TAPS, strides: [1, 1, 1] },
        },
        { name: normName, output, multiplyAdds: 0 },
      ];
    },
  };
}

/** The grid covers the last map whatever its size, so that all configurations have the same weights. */
function headOf({ classes: k, cropSize, dropout: rate }: ModelOptions): Head {
  if (cropSize < SMALLEST_CROP)
    throw new Error(`pooled3d: expected a crop of at least ${SMALLEST_CROP} pixels, got ${cropSize}`);
  const last = Math.ceil(cropSize / 2 ** SPACE_POOLS);
  const places = Math.ceil(last / Math.ceil(last / GRID)) ** 2;
  const features = WIDTHS.at(-1)! * places;
  return {
    params: denseSpecs('logits', features, k, 'glorot'),
    apply: (x, params, mode) => {
      const [n, t, h] = x.shape;
      const cell = Math.ceil(h / Math.sqrt(places));
      const grid = avgPool3d(x, [1, cell, cell], [1, cell, cell], 'same');
      const kept = dropout(flattenRows(grid, n * t), rate, mode, 0);
      return max(reshape(dense(kept, params, 'logits'), [n, t, k]), 1, true);
    },
    trace: ([n = 0, t = 0]) => [{ name: 'logits', output: [n, 1, k], multiplyAdds: n * t * features * k }],
  };
}
