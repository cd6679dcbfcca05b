/** Whole training steps through the product's own loop: draw, read, augment, forward, backward, optimiser, outer update. */
import { STOCK_GPU, type TrainStepBench, type TrainStepBenchOptions } from '../contract/bench.ts';
import type { ResolvedConfig } from '../contract/config.ts';
import { AppError, throwIfAborted } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import { tuneCurrentEngine } from '../engine/webgpu/tuning/tune-current.ts';
import { withBenchEngine } from './bench-engine.ts';
import { roundFigures } from './bench-figures.ts';
import { peerSetting, startPeer, type Peer, type PeerSetting } from './bench-peer.ts';
import { leastOf, pairedRounds, rounded, spreadOf, timed, type RoundTimes, type Times } from './bench-rounds.ts';
import { openStockBackend } from './bench-stock.ts';
import { SPEED_CLASSES, trainingWork, type SpeedWork } from './speed.ts';

/** Steps in one round, of which the best counts, and steps before, in which kernels are generated and compiled. */
const COUNTS = { repeats: 5, warmup: 6 };
const STOCK_GPU_COUNTS = { repeats: 1, warmup: 1 };
/** A step of the stock backend takes a quarter of a minute. */
const STOCK_STEPS = 2;

/** The networks of bench/peers/networks.py. */
const PEER_MODELS = ['small3d', 'c3d', 'r3d18', 'vgg16-3d'];

/**
 * Measures training steps, at last those of the stock backend where asked.
 * @throws AppError `usage` where the peer does not know the model, `bad-config` for an unknown one, `not-found`
 */
export async function benchTrainStep(options: TrainStepBenchOptions, job: JobContext): Promise<TrainStepBench> {
  const { model, batch, precision } = options;
  if (options.peer) requirePeerModel(model);
  const result = await withBenchEngine(options, async (head): Promise<TrainStepBench> => {
    const work = trainingWork({ model, batch, set: [...options.set, `precision=${precision}`] });
    try {
      const peer = options.peer
        ? await startPeerOf(work.config, { ...peerSetting(head, options.peer), batch }, job)
        : null;
      const counts = head.engine === STOCK_GPU ? STOCK_GPU_COUNTS : COUNTS;
      const times = await stepTimes(work, { rounds: options.rounds, peer, ...counts }, job).finally(() =>
        peer?.close(),
      );
      const figures = roundFigures(times, { ...work, peak: head.peak }, peer?.name ?? null);
      return { what: 'train-step', model, ...head, batch, ...figures };
    } finally {
      work.dispose();
    }
  });
  return options.stock ? { ...result, stock: await stockSteps(options, result.ms.median, job) } : result;
}

async function stepTimes(
  work: SpeedWork,
  { rounds, peer, repeats, warmup }: { rounds: number; peer: Peer | null } & typeof COUNTS,
  job: JobContext,
): Promise<RoundTimes> {
  await work.repeat();
  await tuneCurrentEngine(job);
  for (let i = 1; i < warmup; i++) await work.repeat();
  const ours = async () => {
    const times: Times[] = [];
    for (let i = 0; i < repeats; i++) times.push(await timed(work.repeat));
    return leastOf(times);
  };
  return pairedRounds(rounds, { ours, peer: peer && (async () => leastOf(await peer.ask({ repeats }))) }, job);
}

/** @throws AppError `usage` for a network that the peer does not know */
export function requirePeerModel(model: string): void {
  if (PEER_MODELS.includes(model)) return;
  throw new AppError('usage', `There is no ${model} in PyTorch to compare with.`, {
    hint: `Use one of ${PEER_MODELS.join(', ')}, or leave --peer out.`,
  });
}

/**
 * Starts the peer with the sizes of a run.
 * @throws AppError `not-found` where it does not start
 */
export async function startPeerOf(
  config: ResolvedConfig,
  setting: PeerSetting & { batch: number },
  job: JobContext,
): Promise<Peer> {
  const { model, clipFrames: frames, cropSize: size, dropout } = config;
  return startPeer('network.py', { ...setting, model, frames, size, classes: SPEED_CLASSES.length, dropout }, job);
}

/** The same steps on the wasm backend that TensorFlow.js ships, once the engine is closed. `oursMs`: a step of ours. */
async function stockSteps(
  { model, batch, set }: TrainStepBenchOptions,
  oursMs: number,
  job: JobContext,
): Promise<NonNullable<TrainStepBench['stock']>> {
  const stock = await openStockBackend();
  const work = trainingWork({ model, batch, set });
  try {
    const ms: number[] = [];
    for (let step = 0; step <= STOCK_STEPS; step++) {
      throwIfAborted(job.signal);
      job.onProgress?.({ stage: 'measure stock', done: step, total: STOCK_STEPS + 1 });
      const { wallMs } = await timed(work.repeat);
      if (step > 0) ms.push(wallMs);
    }
    const spread = spreadOf(ms);
    return { name: stock.name, ms: spread, ratio: rounded(spread.median / oursMs, 2) };
  } finally {
    work.dispose();
    stock.close();
  }
}
