import { clipsBetween } from '../data/batches.ts';
import { evenBatches } from '../data/class-balance.ts';
import type { ValBatch } from './bilevel-problem.ts';

/** Clips of a validation batch that go through the network together; `share` of all clips. */
export type ValPass = ValBatch & { share: number };

/** A validation batch, cut to what may go through the network at once. Means over it are sums of means times shares. */
export function valPasses(val: ValBatch): ValPass[] {
  const { batch, labels, passClips } = val;
  if (passClips === null) return [{ ...val, share: 1 }];
  return evenBatches([...labels.keys()], passClips).map((clips) => {
    const [from, to] = [clips[0]!, clips.at(-1)! + 1];
    return {
      ...val,
      batch: clipsBetween(batch, from, to),
      labels: labels.slice(from, to),
      realFrames: val.realFrames.slice(from, to),
      share: (to - from) / labels.length,
    };
  });
}
