/** Labelling a video from its file to the weights of its clips, and where the time goes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { modelCard } from '../../models/index.ts';
import type { PeakRates, PredictBench, PredictBenchOptions, PredictSeconds } from '../contract/bench.ts';
import type { ResolvedConfig } from '../contract/config.ts';
import { AppError } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import type { EngineInfo } from '../contract/records.ts';
import { parseConfig, resolveConfig } from '../data/config-resolution.ts';
import type { ModelInstance } from '../data/network-passes.ts';
import { Rng } from '../data/rng.ts';
import { scoreVideo } from '../data/score-video.ts';
import { openEngine } from '../engine/select.ts';
import { predictVideo } from '../infer/predict-video.ts';
import { PackClipSource } from '../store/pack-clip-source.ts';
import type { Project } from '../store/project.ts';
import { benchHead } from './bench-engine.ts';
import { figuresOf, ratesOf } from './bench-figures.ts';
import { makeMinuteVideo } from './bench-minute-video.ts';
import { peerSetting } from './bench-peer.ts';
import { pairedRounds, peerFigures, rounded, spreadOf } from './bench-rounds.ts';
import { requirePeerModel, startPeerOf } from './bench-train-step.ts';
import { namedVideos } from './named-videos.ts';
import { examine, prepared } from './predict.ts';
import { packPathOf } from './prepare-video.ts';
import { inferenceLoad, SPEED_CLASSES, untrainedNetwork } from './speed.ts';
import { withTrainedRun } from './trained-run.ts';

type Network = { instance: ModelInstance; config: ResolvedConfig; classes: readonly string[]; engine: EngineInfo };

/** `passes`: frames of each clip that went through the network. */
export type Labelling = {
  seconds: PredictSeconds;
  videoSec: number;
  frames: number;
  positions: number;
  passes: number[];
};

/**
 * Measures the way of one video.
 * @param project - of the run, or null for random weights
 * @throws AppError `usage` where the peer does not know the model, `no-face`, and what reading a video throws
 */
export async function benchPredict(
  options: PredictBenchOptions,
  project: Project | null,
  job: JobContext,
): Promise<PredictBench> {
  const folder = await mkdtemp(path.join(tmpdir(), 'apexscope-bench-'));
  try {
    const video = options.video ?? (await makeMinuteVideo(folder, job));
    return await withNetwork(options, project, (network) => measure(network, { ...options, video, folder }, job));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Task = Pick<PredictBenchOptions, 'rounds' | 'peer' | 'precision'> & { video: string; folder: string };

async function measure(network: Network, task: Task, job: JobContext): Promise<PredictBench> {
  if (task.peer) requirePeerModel(network.config.model);
  const head = await benchHead(network.engine, task.precision);
  const peer = task.peer ? await startPeerOf(network.config, { ...peerSetting(head, task.peer), batch: 1 }, job) : null;
  const labellings: Labelling[] = [];
  const ours = async () => {
    const labelling = await labelVideo(network, task, job);
    labellings.push(labelling);
    return { wallMs: 1000 * sum(Object.values(labelling.seconds)), cpuMs: 0 };
  };
  const theirs = peer && (async () => (await peer.ask({ repeats: 1, frames: labellings[0]!.passes }))[0]!);
  const times = await pairedRounds(task.rounds, { ours, peer: theirs }, job).finally(() => peer?.close());
  const counted = labellings.slice(1);
  const networkMs = counted.map(({ seconds }) => 1000 * seconds.network);
  const peerMs = times.peer.map(({ wallMs }) => wallMs);
  return {
    what: 'predict',
    model: network.config.model,
    ...head,
    batch: 1,
    ...figures(network, counted, head.peak),
    ...(peer && { peer: peerFigures(`${peer.name}, network`, networkMs, peerMs) }),
  };
}

function figures({ instance, config }: Network, labellings: readonly Labelling[], peak: PeakRates | null) {
  const { videoSec, frames, positions, passes } = labellings[0]!;
  const load = inferenceLoad(instance.card, config, { frames, positions });
  const median = (name: keyof PredictSeconds) =>
    rounded(spreadOf(labellings.map(({ seconds }) => 1000 * seconds[name])).median / 1000, 5);
  const wholeMs = labellings.map(({ seconds }) => 1000 * sum(Object.values(seconds)));
  const { ms, clipsPerSecond } = figuresOf(wholeMs, { clips: positions, load, peak });
  const networkMs = spreadOf(labellings.map(({ seconds }) => 1000 * seconds.network)).median;
  return {
    ...{ ms, clipsPerSecond, ...ratesOf(networkMs, load, peak) },
    ...{ videoSec: rounded(videoSec, 2), frames, positions, networkFrames: sum(passes) },
    seconds: {
      examine: median('examine'),
      decode: median('decode'),
      facesAndCrops: median('facesAndCrops'),
      readCrops: median('readCrops'),
      network: median('network'),
      pooling: median('pooling'),
    },
  };
}

/**
 * Labels a video as `predict` does: examine, find and crop the face, read the crops back, score, pool.
 * @throws AppError `no-face` where there is nothing to score
 */
export async function labelVideo(
  { instance, config, classes }: Omit<Network, 'engine'>,
  { video, folder }: Pick<Task, 'video' | 'folder'>,
  job: JobContext,
): Promise<Labelling> {
  const crops = await mkdtemp(path.join(folder, 'crops-'));
  const clock = new Stopwatch();
  let decodeSec = 0;
  const onDecodeWait = (ms: number) => (decodeSec += ms / 1000);
  const { videos, failed } = await namedVideos([video], job);
  const [named] = videos;
  if (!named) throw new AppError('not-found', `${video}: ${failed[0]!.reason}`, { hint: 'Check the path.' });
  const examined = await clock.time('examine', () => examine(named.path, named.kind, 'auto', job));
  if ('reason' in examined) throw new AppError('unsupported-file', `${video}: ${examined.reason}`);
  const ready = await clock.time('prepare', () => prepared([examined], crops, job, { onDecodeWait }));
  const [clipVideo] = ready.videos;
  if (!clipVideo) throw new AppError('decode-failed', `${video}: ${ready.failed[0]?.reason ?? 'nothing was decoded'}`);
  if (clipVideo.runs.length === 0) throw new AppError('no-face', `${video}: no face was found, so nothing is scored.`);
  const clips = new PackClipSource({ packPath: (id) => packPathOf(crops, id) });
  const meter = new NetworkMeter(instance);
  const scored = await clock.time('score', () => scoreVideo(meter.instance, clipVideo, clips, config));
  await clock.time('pooling', () => Promise.resolve(predictVideo(clipVideo, scored, { ...config, classes })));
  const { examine: examineSec, prepare, score, pooling } = clock.seconds;
  return {
    seconds: {
      examine: examineSec,
      decode: decodeSec,
      facesAndCrops: prepare - decodeSec,
      readCrops: score - meter.seconds,
      network: meter.seconds,
      pooling,
    },
    videoSec: clipVideo.durationSec,
    frames: clipVideo.timesSec.length,
    positions: scored.starts.length,
    passes: meter.passes,
  };
}

/** A network that tells how long it was at work and on how many frames. */
class NetworkMeter {
  readonly instance: ModelInstance;
  readonly passes: number[] = [];
  seconds = 0;

  constructor(instance: ModelInstance) {
    const { model } = instance;
    const apply: typeof model.apply = (variables, clips, mode) => {
      const startMs = performance.now();
      const logits = model.apply(variables, clips, mode);
      this.seconds += (performance.now() - startMs) / 1000;
      const [n, t] = clips.shape;
      this.passes.push(...Array.from({ length: n }, () => t));
      return logits;
    };
    this.instance = { ...instance, model: { ...model, apply } };
  }
}

type Stage = 'examine' | 'prepare' | 'score' | 'pooling';

class Stopwatch {
  readonly seconds: Record<Stage, number> = { examine: 0, prepare: 0, score: 0, pooling: 0 };

  async time<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    const result = await work();
    this.seconds[stage] = (performance.now() - startMs) / 1000;
    return result;
  }
}

async function withNetwork<T>(
  { model, run, engine: choice, threads, wide }: PredictBenchOptions,
  project: Project | null,
  use: (network: Network) => Promise<T>,
): Promise<T> {
  if (project !== null && run !== null) {
    const opened = { run: run.name, engine: choice, threads, wide };
    return withTrainedRun(project, opened, (trained) => use({ ...trained, classes: trained.manifest.classes }));
  }
  const parsed = parseConfig({}, [`model=${model}`]);
  const engine = await openEngine({ engine: choice, threads, wide });
  try {
    return await use({ ...freshNetwork(parsed), engine: engine.info });
  } finally {
    await engine.close();
  }
}

/** A network of the default settings with random weights. */
export function freshNetwork(parsed: ReturnType<typeof parseConfig>): Omit<Network, 'engine'> {
  const card = modelCard(parsed.model);
  const config = resolveConfig(parsed, card);
  const model = untrainedNetwork(config);
  const rng = new Rng(config.seed);
  return { instance: { card, model, variables: model.init(() => rng.next()) }, config, classes: SPEED_CLASSES };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
