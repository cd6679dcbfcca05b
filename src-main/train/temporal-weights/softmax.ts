import { temporalSoftmaxPool } from '../../../models/ops/temporal-softmax-pool.ts';
import type { TrainConfig } from '../../contract/config.ts';
import { wholeVideoPooling } from './whole-video.ts';

/** Softmax pooling with its exact gradient, the path through the weights included (algorithms.md 1.2 eq. 3). */
export function softmaxPooling({ gamma }: Pick<TrainConfig, 'gamma'>) {
  return wholeVideoPooling((clipLogits) => temporalSoftmaxPool(clipLogits, gamma));
}
