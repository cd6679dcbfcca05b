import { countOf } from '../contract/count-of.ts';
import { lengthOf } from './clip-positions.ts';
import type { ClipVideo } from './clip-source.ts';

/**
 * What to say where most videos of a set are shorter than a clip of `clipFrames` frames: pooling has nothing to weigh in
 * them. Videos without a face are not counted.
 */
export function shortVideoNotes(
  videos: readonly Pick<ClipVideo, 'runs'>[],
  { clipFrames, set }: { clipFrames: number; set: string },
): string[] {
  const seen = videos.filter(({ runs }) => runs.length > 0);
  const short = seen.filter(({ runs }) => runs.every((run) => lengthOf(run) < clipFrames));
  if (2 * short.length <= seen.length) return [];
  const which = `Of ${countOf(seen.length, `${set} video`)} ${short.length} ${short.length === 1 ? 'is' : 'are'}`;
  return [
    `${which} shorter than a clip of ${clipFrames} frames: one clip each, filled up with black, and nothing to pool. Lower clipFrames.`,
  ];
}
