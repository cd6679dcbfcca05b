import { modelCard } from '../../models/index.ts';
import { forwardFlops } from '../../models/network.ts';
import type { ResolvedConfig } from '../contract/config.ts';
import { throwIfAborted } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import { clipPositions } from '../data/clip-positions.ts';
import type { ClipSource, ClipVideo } from '../data/clip-source.ts';
import { parseConfig, resolveConfig } from '../data/config-resolution.ts';
import { Rng } from '../data/rng.ts';
import { scoreVideo } from '../data/score-video.ts';
import type { VideoRef } from '../train/bilevel-problem.ts';
import { temporalWeights } from '../train/temporal-weights/methods.ts';
import { disposeState, freshState } from '../train/training-state.ts';
import type { TrainingRun, TrainingState } from '../train/training-state.ts';
import { prepareStep, takeStep } from '../train/training-step.ts';

/** What is timed: a network, the videos of a step, and how often. */
export type SpeedSettings = { model: string; batch: number; steps: number; warmup: number; set?: string[] };

/** Times in milliseconds, one of each repetition. `clips` is the number of clips of one repetition. */
export type SpeedMeasurement = { ms: number[]; clips: number; gflop: number; config: ResolvedConfig };

const CLASSES = ['anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness', 'surprise'];

/** Frames of the made-up videos of {@link measureInference}: a minute at 25 frames a second. */
const MINUTE_FRAMES = 1500;

/**
 * Times whole training steps of the product's own loop on the current engine: draw, read, augment, forward, backward,
 * optimiser, outer update. Pictures are noise held in memory.
 */
export async function measureTraining(settings: SpeedSettings, job: JobContext = {}): Promise<SpeedMeasurement> {
  const { run, videos } = noiseRun(settings, settings.batch, 100);
  const problem = temporalWeights(run.config);
  const refs: VideoRef[] = videos.map((video) => ({
    id: video.id,
    label: video.label ?? 0,
    positions: clipPositions(video, run.config.clipFrames),
  }));
  const state = freshState(run, problem, refs);
  const step = async (epoch: number) => {
    const prepared = await prepareStep(run, problem, state, { epoch, batches: [refs], scaleOf: () => 1 / refs.length });
    const nextValBatch = () => Promise.reject(new Error('A temporal pooling method asked for validation data.'));
    await takeStep(problem, state, prepared, { learningRate: run.config.learningRate, nextValBatch });
  };
  try {
    const ms = await timed(step, settings, job);
    return { ms, clips: refs.length, gflop: 3 * gflopOf(state, run.config, refs.length), config: run.config };
  } finally {
    disposeState(state);
  }
}

/** Times scoring all clip positions of a one-minute video at 25 frames a second. */
export async function measureInference(settings: SpeedSettings, job: JobContext = {}): Promise<SpeedMeasurement> {
  const { run, videos } = noiseRun(settings, 1, MINUTE_FRAMES);
  const [video] = videos;
  const state = freshState(run, temporalWeights(run.config), []);
  try {
    const ms = await timed(() => scoreVideo(state.instance, video!, run.clips, run.config), settings, job);
    const clips = clipPositions(video!, run.config.clipFrames, run.config.scoreStride).starts.length;
    const wholeClips = MINUTE_FRAMES / run.config.clipFrames;
    return { ms, clips, gflop: gflopOf(state, run.config, wholeClips), config: run.config };
  } finally {
    disposeState(state);
  }
}

async function timed(
  work: (repetition: number) => Promise<unknown>,
  { steps, warmup }: SpeedSettings,
  job: JobContext,
): Promise<number[]> {
  const ms: number[] = [];
  for (let i = 1; i <= warmup + steps; i++) {
    throwIfAborted(job.signal);
    const startMs = performance.now();
    await work(i);
    if (i > warmup) ms.push(performance.now() - startMs);
    job.onProgress?.({ stage: 'measure', done: i, total: warmup + steps });
  }
  return ms;
}

function noiseRun({ model, batch, set = [] }: SpeedSettings, count: number, frames: number) {
  const parsed = parseConfig({}, [`model=${model}`, `batch=${batch}`, ...set]);
  const card = modelCard(parsed.model);
  const config = resolveConfig(parsed, card);
  const videos = Array.from({ length: count }, (_, i) => noiseVideo(i, frames));
  const run: TrainingRun = {
    config,
    classes: CLASSES,
    card,
    trainVideos: videos,
    valVideos: videos,
    clips: new NoiseClips(),
    sink: SILENT_SINK,
  };
  return { run, videos };
}

function noiseVideo(i: number, frames: number): ClipVideo {
  return {
    id: `noise-${i}`,
    path: `noise-${i}`,
    label: i % CLASSES.length,
    subject: null,
    runs: [{ start: 0, end: frames }],
    timesSec: Float64Array.from({ length: frames }, (_, frame) => frame / 25),
    durationSec: frames / 25,
    faceCoverage: 1,
    moment: null,
  };
}

class NoiseClips implements ClipSource {
  readonly #rng = new Rng(1);
  readonly #pixels = Uint8Array.from({ length: 2 ** 20 }, () => this.#rng.integer(256));

  readFrames(_videoId: string, start: number, count: number, size: number): Promise<Uint8Array> {
    const frameBytes = size * size * 3;
    const out = new Uint8Array(count * frameBytes);
    for (let at = 0; at < out.length; at += this.#pixels.length)
      out.set(this.#pixels.subarray(0, Math.min(this.#pixels.length, out.length - at)), at);
    out[0] = start & 255;
    return Promise.resolve(out);
  }
}

const nothing = () => Promise.resolve();
const SILENT_SINK: TrainingRun['sink'] = {
  appendMetrics: nothing,
  appendSampling: nothing,
  markRecords: () => Promise.resolve({ metricsBytes: 0, samplingBytes: 0 }),
  rewindRecords: nothing,
  saveCheckpoint: nothing,
};

function gflopOf({ instance }: TrainingState, config: ResolvedConfig, clips: number): number {
  const { cropSize, clipFrames, dropout } = config;
  const network = modelCard(config.model).create({ classes: CLASSES.length, cropSize, clipFrames, dropout });
  return (forwardFlops(network, 1, instance.model.options.clipFrames) * clips) / 1e9;
}
