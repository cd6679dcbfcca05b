/** The Inspect tab: what a run says about videos. Served by the project process. */
import { z } from 'zod';
import type { EvaluationReport, VideoPrediction } from '../records.ts';
import { call } from '../rpc.ts';
import { runName } from './limits.ts';

const ofSplit = z.strictObject({ run: runName, split: z.enum(['val', 'test']) });

export const inspectRoom = {
  /** What the last evaluation of a split gave; null before the first. */
  evaluation: call(ofSplit).returns<EvaluationReport | null>(),
  /** Predictions of that evaluation, in its order of videos; null before the first. */
  predictions: call(ofSplit).returns<VideoPrediction[] | null>(),
};
