import { dispose, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { throwIfAborted } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import { classificationMetrics, type Judgement } from '../data/classification-metrics.ts';
import { readClips } from '../data/batches.ts';
import { evenBatches } from '../data/class-balance.ts';
import type { ClipVideo } from '../data/clip-source.ts';
import { clipPositions } from '../data/clip-positions.ts';
import type { ModelInstance } from '../data/network-passes.ts';
import { scoreClips } from '../data/score-clips.ts';
import { scoreVideos, type ScoredClips } from '../data/score-video.ts';
import type { TemporalWeights, ValBatch } from './bilevel-problem.ts';
import { crossEntropy } from './losses.ts';
import type { TrainingRun, TrainingState } from './training-state.ts';
import { labelledPositions } from './training-videos.ts';

/** The part of a run that validation takes; `valVideos` may be those of any set. */
export type ValidationRun = Pick<TrainingRun, 'config' | 'classes' | 'valVideos' | 'clips'>;

export type Validation = { valLoss: number; valWar: number; valUar: number; valRecall?: number[] };

/**
 * Scores the whole of every validation video and pools its clips as the method does at inference. The loss is the mean
 * over videos that can be scored; those without a face count as wrong.
 */
export async function validate(
  run: ValidationRun,
  problem: Pick<TemporalWeights, 'poolVideo'>,
  state: Pick<TrainingState, 'instance'>,
  { signal }: JobContext,
): Promise<Validation> {
  const judged: Judgement[] = [];
  const losses: number[] = [];
  for await (const { video, scored } of scoredVideos(state.instance, run)) {
    throwIfAborted(signal);
    const label = video.label!;
    const verdict = scored.starts.length === 0 ? null : await judge(problem, scored, label);
    judged.push({ label, predicted: verdict?.predicted ?? null });
    if (verdict !== null) losses.push(verdict.loss);
  }
  const { war, uar, perClass } = classificationMetrics(judged, run.classes.length);
  const valRecall = perClass.map(({ recall }) => recall);
  return { valLoss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length, valWar: war, valUar: uar, valRecall };
}

/** Clips in one pass of {@link scoredVideos}, and the pixels that bound it. */
const CLIPS_PER_PASS = 256;
const PIXELS_PER_PASS = 128 * 112 * 112;

/** Videos of one clip each, such as pictures, go through the network many at a time. */
async function* scoredVideos(
  instance: ModelInstance,
  { config, valVideos, clips }: ValidationRun,
): AsyncGenerator<{ video: ClipVideo; scored: ScoredClips }, void, undefined> {
  const positions = valVideos.map((video) => clipPositions(video, config.clipFrames, config.scoreStride));
  if (positions.some(({ starts }) => starts.length !== 1)) {
    yield* scoreVideos(instance, valVideos, clips, config);
    return;
  }
  const pixels = config.clipFrames * config.cropSize ** 2;
  const size = Math.max(1, Math.min(CLIPS_PER_PASS, Math.floor(PIXELS_PER_PASS / pixels)));
  const requests = valVideos.map(({ id }, i) => {
    const { starts, realFrames } = positions[i]!;
    return { videoId: id, start: starts[0]!, realFrames };
  });
  const videos = valVideos.values();
  for await (const logits of scoreClips(instance, evenBatches(requests, size), { ...config, clips }))
    for (const row of logits) yield { video: videos.next().value!, scored: { starts: [0], logits: [row] } };
}

async function judge(problem: Pick<TemporalWeights, 'poolVideo'>, { logits }: ScoredClips, label: number) {
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

/** Random clips of validation videos that show a face, as they are; of labelled moments where training sees only those. */
export async function drawValBatch(
  { config, valVideos, outerVideos = valVideos, clips }: TrainingRun,
  { streams, instance, passVideos }: Pick<TrainingState, 'streams' | 'instance' | 'passVideos'>,
): Promise<ValBatch> {
  const { clipFrames: frames, cropSize: size } = config;
  const scorable = outerVideos.filter(({ runs }) => runs.length > 0);
  const drawn = Array.from({ length: config.batch }, () => {
    const video = streams.validation.pick(scorable);
    const { starts, realFrames } = labelledPositions(video, config);
    return {
      label: video.label!,
      request: { videoId: video.id, start: streams.validation.pick([...starts]), realFrames },
    };
  });
  const requests = drawn.map(({ request }) => request);
  return {
    batch: await readClips(clips, requests, { frames, size }),
    labels: drawn.map(({ label }) => label),
    realFrames: requests.map(({ realFrames }) => realFrames),
    instance,
    passClips: passVideos,
  };
}
