import { countOf } from '../contract/count-of.ts';
import { AppError } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import type { MediaInfo } from '../contract/records.ts';
import { requireCompleteness } from './completeness.ts';
import { buildFrameIndex, type MeasuredIndex } from './frame-index.ts';
import { isVariableRate, medianStep } from './frame-times.ts';
import type { MediaSource } from './media-source.ts';
import { plainReason } from './plain-reason.ts';
import { probe } from './probe.ts';

export type Examination = {
  /** Frame count, duration and rates are measured, not those that the container claims. */
  media: MediaInfo;
  index: MeasuredIndex;
  /** What a person should know of a video that can be used all the same. */
  warnings: string[];
};

/**
 * Everything that an import has to know of a video: probes it, decodes it once from end to end (the test whether it
 * can be decoded), and gives its frame index.
 * @throws AppError `not-found`, `unsupported-file`, `decode-failed` with the reason in plain words; `aborted`
 */
export async function examineVideo(source: MediaSource, job: JobContext = {}): Promise<Examination> {
  const claimed = await probe(source, job);
  const index = await buildFrameIndex(source, claimed, job);
  requireFrames(source, claimed, index);
  const media = measuredInfo(claimed, index.timesSec);
  const damaged = index.complaints.length > 0;
  if (source.kind === 'file') await requireCompleteness({ path: source.path, claimed, measured: media, damaged }, job);
  return { media, index, warnings: warningsOf(index) };
}

function requireFrames({ path }: MediaSource, { codec }: MediaInfo, { timesSec, complaints }: MeasuredIndex): void {
  if (timesSec.length > 0) return;
  const reason = complaints[0] ? plainReason(complaints[0]).reason : 'there are none in it.';
  throw new AppError('decode-failed', `${path}: not one ${codec} frame can be decoded: ${reason}`);
}

function measuredInfo(claimed: MediaInfo, timesSec: Float64Array): MediaInfo {
  const frameCount = timesSec.length;
  const spanSec = timesSec.at(-1)! - timesSec[0]!;
  const stepSec = medianStep(timesSec) ?? 1 / claimed.averageFps;
  return {
    ...claimed,
    frameCount,
    durationSec: timesSec.at(-1)! + stepSec,
    averageFps: frameCount > 1 ? (frameCount - 1) / spanSec : claimed.averageFps,
    variableFrameRate: isVariableRate(timesSec),
  };
}

function warningsOf({ repairedTimes, missingFrames, complaints }: MeasuredIndex): string[] {
  const warnings: string[] = [];
  if (repairedTimes > 0) {
    warnings.push(`${repairedTimes} frames had no time of their own; they were placed between their neighbours.`);
  }
  if (missingFrames > 0) {
    const missing = countOf(missingFrames, 'frame is missing', 'frames are missing');
    warnings.push(`${missing} by the numbers of its pictures; the others keep their times.`);
  }
  if (complaints.length > 0) warnings.push(`It has damaged places: ${plainReason(complaints[0]!).reason}`);
  return warnings;
}
