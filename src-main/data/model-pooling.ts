import type { TrainConfig } from '../contract/config.ts';

/** Methods that train on clips drawn one by one, and see whole videos at inference only. */
const DRAWING: readonly TrainConfig['pooling'][] = ['average', 'weighted-uniform', 'stochastic-softmax', 'reinforce'];

/** Methods whose loss says already how much each clip counts. */
const WEIGHING: readonly TrainConfig['pooling'][] = ['weighted-uniform', 'reinforce'];

export type PoolingRefusal = { reason: string; hint: string };

/** Why a network cannot be trained with a pooling method, and what can be done; null where it can. */
export function poolingRefusal(
  config: Pick<TrainConfig, 'model' | 'pooling' | 'labels' | 'clipsPerVideo' | 'jointSoftmax'>,
): PoolingRefusal | null {
  if (config.model === 'c3d-lstm') return sequenceRefusal(config);
  if (config.model === 'c3d-weighted') return weighingRefusal(config);
  return null;
}

function sequenceRefusal({ pooling, jointSoftmax }: Pick<TrainConfig, 'pooling' | 'jointSoftmax'>) {
  const draws = DRAWING.includes(pooling) || (pooling === 'joint-softmax' && jointSoftmax.drawnClips > 0);
  if (!draws) return null;
  const reason = `c3d-lstm reads all clips of a video in order, and ${pooling} draws single ones`;
  return { reason, hint: 'Use softmax (gamma=0 is the average), max, or joint-softmax of all clips.' };
}

function weighingRefusal({ pooling, labels, clipsPerVideo, jointSoftmax }: Parameters<typeof poolingRefusal>[0]) {
  if (labels === 'semi-weak') {
    const reason = 'c3d-weighted weighs clips by their own probability, and labels=semi-weak has a loss of its own';
    return { reason, hint: 'Use c3d.' };
  }
  if (WEIGHING.includes(pooling)) {
    const reason = `c3d-weighted weighs clips by their own probability, and ${pooling} has weights of its own`;
    return { reason, hint: 'Use average, stochastic-softmax, softmax, max or joint-softmax.' };
  }
  const single = DRAWING.includes(pooling) ? clipsPerVideo === 1 : jointSoftmax.drawnClips === 1;
  if (!single) return null;
  const reason = `c3d-weighted weighs the clips of a video against each other, and ${pooling} draws one at a time`;
  return { reason, hint: 'Set clipsPerVideo=2 or more, or use softmax, max or joint-softmax.' };
}
