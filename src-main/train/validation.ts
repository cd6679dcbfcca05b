import { dispose, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { throwIfAborted } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import { classificationMetrics, type Judgement } from '../data/classification-metrics.ts';
import { readClips } from '../data/batches.ts';
import { clipPositions } from '../data/clip-positions.ts';
import type { Rng } from '../data/rng.ts';
import { scoreVideos, type ScoredClips } from '../data/score-video.ts';
import type { TemporalWeights, ValBatch } from './bilevel-problem.ts';
import { crossEntropy } from './losses.ts';
import type { TrainingRun, TrainingState } from './training-state.ts';

export type Validation = { valLoss: number; valWar: number; valUar: number };

/**
 * Scores the whole of every validation video and pools its clips as the method does at inference. The loss is the mean
 * over videos that can be scored; those without a face count as wrong.
 */
export async function validate(
  run: TrainingRun,
  problem: TemporalWeights,
  state: TrainingState,
  { signal }: JobContext,
): Promise<Validation> {
  const judged: Judgement[] = [];
  const losses: number[] = [];
  for await (const { video, scored } of scoreVideos(state.instance, run.valVideos, run.clips, run.config)) {
    throwIfAborted(signal);
    const label = video.label!;
    const verdict = scored.starts.length === 0 ? null : await judge(problem, scored, label);
    judged.push({ label, predicted: verdict?.predicted ?? null });
    if (verdict !== null) losses.push(verdict.loss);
  }
  const { war, uar } = classificationMetrics(judged, run.classes.length);
  return { valLoss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length, valWar: war, valUar: uar };
}

async function judge(problem: TemporalWeights, { logits }: ScoredClips, label: number) {
  const [loss, predicted] = tidy(() => {
    const pooled = problem.poolVideo(tensor3d([logits]));
    return [crossEntropy(pooled, [label]), pooled.argMax(1)];
  });
  try {
    return { loss: (await loss!.data())[0]!, predicted: (await predicted!.data())[0]! };
  } finally {
    dispose([loss!, predicted!]);
  }
}

/** Random clips of validation videos that show a face, as they are. */
export async function drawValBatch({ config, valVideos, clips }: TrainingRun, rng: Rng): Promise<ValBatch> {
  const { clipFrames: frames, cropSize: size } = config;
  const scorable = valVideos.filter(({ runs }) => runs.length > 0);
  const drawn = Array.from({ length: config.batch }, () => {
    const video = rng.pick(scorable);
    const { starts, realFrames } = clipPositions(video, frames);
    return { label: video.label!, request: { videoId: video.id, start: rng.pick([...starts]), realFrames } };
  });
  const requests = drawn.map(({ request }) => request);
  return { batch: await readClips(clips, requests, { frames, size }), labels: drawn.map(({ label }) => label) };
}
