import { createHash } from 'node:crypto';
import type { SplitName, VideoRecord } from '../contract/records.ts';

/**
 * Fingerprint of the data of a run: sha256 over content id, label and set of every video that takes part, in the order
 * of the ids. It changes when a video, a label or the split changes, and not with names, places or order.
 */
export function dataFingerprint(
  videos: readonly Pick<VideoRecord, 'id' | 'label'>[],
  splits: Readonly<Record<SplitName, readonly string[]>>,
): string {
  const labels = new Map(videos.map(({ id, label }) => [id, label]));
  const lines = (['train', 'val', 'test'] as const)
    .flatMap((split) => splits[split].map((id) => JSON.stringify([id, labels.get(id) ?? null, split])))
    .sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
