/**
 * A network that chooses an affine change by what a picture shows (Jaderberg et al. 2015, "Spatial transformer networks";
 * algorithms.md 3.2 stn). Departs from the paper's code in size (a quarter of the channels, for processors), in its ReLUs,
 * and in where the noise comes in: beside the features, not as a picture of its own.
 *
 *   mean frame of each clip -> [n,32,32,3] -> 3 x (conv 3x3, ReLU, max pool) 16, 32, 64 -> [n,4·4·64], noise
 *   -> dense 128, ReLU -> dense 32, ReLU -> dense 6, of zeros at the start: the identity
 */
import {
  cast,
  concat,
  div,
  image,
  mean,
  relu,
  reshape,
  sub,
  tensor2d,
  tidy,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import type { ChangeNetwork } from './change-network.ts';
import { dense, flattenRows } from './layers.ts';
import type { ParamSpecs } from './network.ts';
import { convBlock } from './ops/conv3d.ts';
import type { NamedTensors } from './types.ts';

/** Side of the picture that the network looks at. */
const SIDE = 32;
const NOISE = 8;
const CHANNELS = [3, 16, 32, 64] as const;
const FEATURES = (SIDE / 8) ** 2 * 64 + NOISE;
const DENSE = [FEATURES, 128, 32, 6] as const;

export const LOCALISATION: ChangeNetwork = {
  noise: NOISE,
  specs: { ...convSpecs(), ...fullSpecs() },
  outputs: (weights, { noise }, clips) => tidy(() => located(weights, tensor2d(noise), clips)),
};

/** `conv<i>.kernel` [1,3,3,c,c'] and `.bias` [c']. */
function convSpecs(): ParamSpecs {
  const layers = CHANNELS.slice(1).flatMap((filters, i): [string, ParamSpecs[string]][] => [
    [`conv${i + 1}.kernel`, { shape: [1, 3, 3, CHANNELS[i]!, filters], start: 'he' }],
    [`conv${i + 1}.bias`, { shape: [filters], start: 'zeros' }],
  ]);
  return Object.fromEntries(layers);
}

/** `dense<i>.kernel` [c,c'] and `.bias` [c']. */
function fullSpecs(): ParamSpecs {
  const last = DENSE.length - 2;
  const layers = DENSE.slice(1).flatMap((outputs, i): [string, ParamSpecs[string]][] => [
    [`dense${i + 1}.kernel`, { shape: [DENSE[i]!, outputs], start: i === last ? 'zeros' : 'he' }],
    [`dense${i + 1}.bias`, { shape: [outputs], start: 'zeros' }],
  ]);
  return Object.fromEntries(layers);
}

function located(weights: NamedTensors, noise: Tensor2D, clips: Tensor5D): Tensor2D {
  const maps = CHANNELS.slice(1).reduce<Tensor5D>((x, _, i) => {
    const [kernel, bias] = [weights[`conv${i + 1}.kernel`] as Tensor5D, weights[`conv${i + 1}.bias`] as Tensor1D];
    return convBlock(x, kernel, bias, { strides: [1, 1, 1], pad: 'same', relu: true, pool: [1, 2, 2] });
  }, meanFrames(clips));
  const features = concat<Tensor2D>([flattenRows(maps, clips.shape[0]), noise], 1);
  const hidden = (x: Tensor2D, layer: number) => relu(dense(x, weights, `dense${layer}`));
  return dense(hidden(hidden(features, 1), 2), weights, 'dense3');
}

/** Mean frame of each clip about mid grey, [n,1,32,32,3] from int32 bytes. */
function meanFrames(clips: Tensor5D): Tensor5D {
  const frame: Tensor4D = mean(cast(clips, 'float32'), 1);
  const small: Tensor = image.resizeBilinear(frame, [SIDE, SIDE]);
  return reshape<Rank.R5>(sub(div(small, 255), 0.5), [clips.shape[0], 1, SIDE, SIDE, 3]);
}
