import { modelCard } from '../../models/index.ts';
import { forwardFlops, type Network } from '../../models/network.ts';
import { sizeOf } from '../../models/shape.ts';
import type { ModelCard } from '../../models/types.ts';
import type { ResolvedConfig } from '../contract/config.ts';
import { throwIfAborted } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import { clipPositions } from '../data/clip-positions.ts';
import type { ClipSource, ClipVideo } from '../data/clip-source.ts';
import { parseConfig, resolveConfig } from '../data/config-resolution.ts';
import { modelOptions } from '../data/model-options.ts';
import { Rng } from '../data/rng.ts';
import { scoreVideo } from '../data/score-video.ts';
import type { VideoRef } from '../train/bilevel-problem.ts';
import { temporalWeights } from '../train/temporal-weights/methods.ts';
import { disposeState, freshState } from '../train/training-state.ts';
import type { TrainingRun } from '../train/training-state.ts';
import { prepareStep, stepGradient, takeStep } from '../train/training-step.ts';
import type { Load } from './bench-figures.ts';
import { rounded, spreadOf, timed } from './bench-rounds.ts';

/** A network and how many clips at a time; `set` are settings of the run. */
export type SpeedSettings = { model: string; batch: number; set?: string[] };

/** Work to repeat. `clips`: clips of one repetition. */
export type SpeedWork = {
  repeat: () => Promise<unknown>;
  clips: number;
  load: Load;
  config: ResolvedConfig;
  /** Gives back the network. */
  dispose(): void;
};

export type TrainingSpeedWork = Omit<SpeedWork, 'repeat'> & { repeat: () => Promise<{ loss: number }> };

/** Of the networks that are timed without a run. */
export const SPEED_CLASSES = ['anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness', 'surprise'];

/** Frames of the made-up video of {@link inferenceWork}: a minute at 25 frames a second. */
const MINUTE_FRAMES = 1500;
const BYTES = 4;
/** Bytes by which the noise of a video begins after that of the one before. */
const VIDEO_SHIFT = 1021;

/**
 * Whole training steps of the product's own loop on the current engine: draw, read, augment, forward, backward,
 * optimiser, outer update. Pictures are noise held in memory, another for each video.
 * `loss` is the mean of the step's clips.
 */
export function trainingWork(settings: SpeedSettings): TrainingSpeedWork {
  const { run, videos } = noiseRun(settings, settings.batch, 100);
  const { config } = run;
  const problem = temporalWeights(config);
  const refs: VideoRef[] = videos.map((video) => ({
    id: video.id,
    label: video.label ?? 0,
    positions: clipPositions(video, config.clipFrames),
  }));
  const state = freshState(run, problem, refs);
  let epoch = 0;
  const repeat = async () => {
    epoch++;
    const prepared = await prepareStep(run, problem, state, { epoch, batches: [refs], scaleOf: () => 1 / refs.length });
    const nextValBatch = () => Promise.reject(new Error('A temporal pooling method asked for validation data.'));
    const gradient = await stepGradient(problem, state, prepared);
    const setting = { gradient, learningRate: config.learningRate, nextValBatch };
    const losses = (await takeStep(problem, state, prepared, setting)).seen.flatMap((part) => part.losses);
    return { loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length };
  };
  const { operations, bytes } = forwardLoad(config, refs.length, config.clipFrames);
  const load = { operations: 3 * operations, bytes: 2 * bytes };
  return { repeat, clips: refs.length, load, config, dispose: () => disposeState(state) };
}

/** Scoring all clip positions of a one-minute video at 25 frames a second. */
export function inferenceWork(model: string): SpeedWork {
  const { run, videos } = noiseRun({ model, batch: 1 }, 1, MINUTE_FRAMES);
  const { config, card } = run;
  const [video] = videos;
  const state = freshState(run, temporalWeights(config), []);
  const positions = clipPositions(video!, config.clipFrames, config.scoreStride).starts.length;
  return {
    repeat: () => scoreVideo(state.instance, video!, run.clips, config),
    clips: positions,
    load: inferenceLoad(card, config, { frames: MINUTE_FRAMES, positions }),
    config,
    dispose: () => disposeState(state),
  };
}

/** Of scoring a video: a network with frame output needs each frame once, one with clip output each position. */
export function inferenceLoad(
  { output }: ModelCard,
  config: ResolvedConfig,
  { frames, positions }: { frames: number; positions: number },
): Load {
  return output === 'frame' ? forwardLoad(config, 1, frames) : forwardLoad(config, positions, config.clipFrames);
}

/** Clips a second: `warmup` repetitions, then the median of `steps`; gives the network back. */
export async function clipsPerSecond(
  work: SpeedWork,
  { steps, warmup }: { steps: number; warmup: number },
  job: JobContext,
): Promise<number> {
  const ms: number[] = [];
  try {
    for (let i = 1; i <= warmup + steps; i++) {
      throwIfAborted(job.signal);
      const { wallMs } = await timed(work.repeat);
      if (i > warmup) ms.push(wallMs);
      job.onProgress?.({ stage: 'measure', done: i, total: warmup + steps });
    }
  } finally {
    work.dispose();
  }
  return rounded((1000 * work.clips) / spreadOf(ms).median, 1);
}

/** The network of a configuration for {@link SPEED_CLASSES}. */
export function untrainedNetwork(config: ResolvedConfig): Network {
  return modelCard(config.model).create(modelOptions(config, SPEED_CLASSES.length));
}

/**
 * Operations of a forward pass over `n` clips of `t` frames, and bytes that must move: the result of each layer with
 * weights is written once and read once.
 */
function forwardLoad(config: ResolvedConfig, n: number, t: number): Load {
  const network = untrainedNetwork(config);
  const layers = network.trace(n, t).filter(({ multiplyAdds }) => multiplyAdds > 0);
  const bytes = layers.reduce((sum, { output }) => sum + 2 * BYTES * sizeOf(output), 0);
  return { operations: forwardFlops(network, n, t), bytes };
}

function noiseRun({ model, batch, set = [] }: SpeedSettings, count: number, frames: number) {
  const parsed = parseConfig({}, [`model=${model}`, `batch=${batch}`, ...set]);
  const card = modelCard(parsed.model);
  const config = resolveConfig(parsed, card);
  const videos = Array.from({ length: count }, (_, i) => noiseVideo(i, frames));
  const run: TrainingRun = {
    config,
    classes: SPEED_CLASSES,
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
    label: i % SPEED_CLASSES.length,
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

  readFrames(videoId: string, start: number, count: number, size: number): Promise<Uint8Array> {
    const out = new Uint8Array(count * size * size * 3);
    let from = VIDEO_SHIFT * Number(videoId.split('-')[1]) + start;
    for (let at = 0; at < out.length; from = 0) {
      const part = this.#pixels.subarray(from, from + out.length - at);
      out.set(part, at);
      at += part.length;
    }
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
