import type { Moment, RejectedSegment } from '../../contract/records.ts';
import type { PseudoSegment, RejectedGuess, VideoGuesses } from '../../contract/window/guesses.ts';
import type { Project } from '../../store/project.ts';

/** From this share of the time that both cover, two guesses are the same moment. */
const SAME_MOMENT = 0.5;

/** What stands rejected of some videos. */
export function rejectedSegments({ guesses }: Pick<Project, 'guesses'>, ids: readonly string[]): RejectedSegment[] {
  return ids.flatMap((videoId) => guesses.rejectedOf(videoId).map(({ label, moment }) => ({ videoId, label, moment })));
}

/**
 * Leaves out what people rejected. A rejection is about the video, not about the run: it also holds against a guess of
 * another run, of the same class, that shares at least half of the time that the two cover together (intersection over
 * union). A guess that merely touches a rejected moment, or is far longer, is a new one.
 */
export function unrejected(
  segments: readonly PseudoSegment[],
  rejected: readonly RejectedGuess[],
): Pick<VideoGuesses, 'segments' | 'hidden' | 'rejections'> {
  const open = segments.filter((segment) => !rejected.some((one) => rejects(one, segment)));
  const rejections = rejected.filter((one) => segments.some((segment) => rejects(one, segment)));
  return { segments: open, hidden: segments.length - open.length, rejections };
}

function rejects({ label, moment }: RejectedGuess, segment: PseudoSegment): boolean {
  return label === segment.label && overlap(moment, segment) >= SAME_MOMENT;
}

/** Intersection over union of two stretches of time, 0 to 1. */
function overlap(a: Moment, b: Moment): number {
  const shared = Math.min(a.endSec, b.endSec) - Math.max(a.startSec, b.startSec);
  const covered = Math.max(a.endSec, b.endSec) - Math.min(a.startSec, b.startSec);
  return Math.max(0, shared) / covered;
}
