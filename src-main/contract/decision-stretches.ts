import type { ClipPrediction, Moment } from './records.ts';

/** A stretch of time in which each clip alone would say the same: `decision` is the index of the class. */
export type DecisionStretch = { decision: number; from: number; to: number };

export function centreOf({ startSec, endSec }: Moment): number {
  return (startSec + endSec) / 2;
}

/** What each clip alone would say: stretches of equal decisions, from half way to half way between centres. */
export function decisionStretches(clips: readonly ClipPrediction[]): DecisionStretch[] {
  const stretches: DecisionStretch[] = [];
  clips.forEach((clip, p) => {
    const decision = clip.logits.indexOf(Math.max(...clip.logits));
    const previous = clips[p - 1];
    const next = clips[p + 1];
    const from = previous === undefined ? clip.startSec : (centreOf(previous) + centreOf(clip)) / 2;
    const to = next === undefined ? clip.endSec : (centreOf(clip) + centreOf(next)) / 2;
    const open = stretches.at(-1);
    if (open?.decision === decision) open.to = to;
    else stretches.push({ decision, from, to });
  });
  return stretches;
}
