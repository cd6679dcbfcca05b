import { temporalMaxPool } from '../../../models/ops/temporal-softmax-pool.ts';
import { wholeVideoPooling } from './whole-video.ts';

/** Max pooling, F = max over t of f_t (algorithms.md 1.2 eq. 2). */
export function maxPooling() {
  return wholeVideoPooling((clipLogits) => temporalMaxPool(clipLogits));
}
