import { jointLogSumExpPool } from '../../../models/ops/temporal-softmax-pool.ts';
import { wholeVideoPooling } from './whole-video.ts';

/** One softmax over clips and classes together, summed over clips (algorithms.md 1.9, ICIAR 2019). */
export function jointSoftmaxPooling() {
  return wholeVideoPooling((clipLogits) => jointLogSumExpPool(clipLogits));
}
