/**
 * One optimiser step in two halves: `prepareStep` makes all random choices and reads pictures, `takeStep` computes.
 * The next step can be prepared while the present one computes.
 */
import { globalNorm } from '../../models/ops/optimiser-update.ts';
import type { NamedTensors } from '../../models/types.ts';
import { AppError } from '../contract/errors.ts';
import { drawAugmentation, type ClipAugmentation } from '../data/augment.ts';
import { readClips } from '../data/batches.ts';
import { networkPasses, type ModelInstance } from '../data/network-passes.ts';
import type { Rng } from '../data/rng.ts';
import { readPass } from '../data/score-video.ts';
import type {
  ClipChoice,
  DrawnClips,
  InnerStep,
  Seen,
  TemporalWeights,
  ValBatch,
  VideoDraw,
  VideoRef,
} from './bilevel-problem.ts';
import { drawnClipsGradient, wholeVideoGradient, type BatchGradient } from './gradients.ts';
import { addGradients, disposeNamed, scaleInPlace } from './named-tensors.ts';
import { choicePasses } from './pass-limit.ts';
import type { TrainingRun, TrainingState } from './training-state.ts';

/** A step to prepare: its batches of videos, and the factor of each video's loss. */
export type StepPlan = {
  epoch: number;
  batches: readonly (readonly VideoRef[])[];
  scaleOf: (video: VideoRef) => number;
};

/** Parts of a step whose gradients add up. */
export type PreparedStep = { parts: StepPart[] };

/** `of`: the choice that it is a pass of. `drawn`: the clips of several videos; absent for a whole video. */
type StepPart = {
  of: ClipChoice;
  gradient: (problem: TemporalWeights, state: TrainingState) => Promise<BatchGradient>;
  drawn?: DrawnClips;
};

/** `gradientNorm` null: the gradient overflowed at this scale of the loss, and the parameters are as they were. */
export type StepResult = { seen: Seen<ClipChoice>[]; gradientNorm: number | null };

/** Gradients by parameter, which its holder owns, and what the forward passes told. */
export type StepGradient = { grads: NamedTensors; seen: Seen<ClipChoice>[] };

type StepSetting = { gradient: StepGradient; learningRate: number; nextValBatch: () => Promise<ValBatch> };

const DROPOUT_SEEDS = 2 ** 31;

/** Draws everything at once, in a fixed order, before the first picture is awaited. */
export async function prepareStep(
  run: TrainingRun,
  problem: TemporalWeights,
  state: TrainingState,
  plan: StepPlan,
): Promise<PreparedStep> {
  const batches = plan.batches.map((videos) => ({
    choice: problem.draw(state.outer, { epoch: plan.epoch, videos }, state.streams.clips),
    videos: videos.length,
  }));
  const prepare = problem.reads === 'clips' ? prepareDrawnClips : prepareWholeVideos;
  const solved = { ...run, problem };
  const parts = batches.map((batch) => prepare(solved, state, batch, plan.scaleOf));
  return { parts: (await Promise.all(parts)).flat() };
}

/**
 * One optimiser step, and what the problem learns from it. Disposes of the gradient.
 * @throws AppError `diverged` when a loss or the gradient is not finite; the parameters are then those before the step
 */
export async function takeStep(
  problem: TemporalWeights,
  state: TrainingState,
  prepared: PreparedStep,
  { gradient, learningRate, nextValBatch }: StepSetting,
): Promise<StepResult> {
  const { grads, seen } = gradient;
  try {
    const factor = lossFactor(state);
    const gradientNorm = (await norm(grads)) / factor;
    const isSkipped = state.lossScale?.isOverflow(losses(seen), gradientNorm) ?? false;
    if (isSkipped) {
      state.lossScale!.shrink();
    } else {
      checkFinite(state, seen, gradientNorm);
      const outerStep = { grads, learningRate, factor };
      const left = await improveAugmentation({ problem, state, prepared }, outerStep, nextValBatch);
      state.optimiser.apply(state.instance.variables.params, grads, learningRate, 1 / left);
      state.lossScale?.grow();
    }
    for (const part of seen) state.outer = await problem.updateOuter(state.outer, part, nextValBatch);
    return { seen, gradientNorm: isSkipped ? null : gradientNorm };
  } finally {
    disposeNamed(grads);
  }
}

/**
 * The outer step comes before the real one, with the gradient at the old weights (algorithms.md 3.3), to which it may add.
 * @param factor - of the gradients, which an augmentation is given without it
 * @returns the factor that is left on them
 */
async function improveAugmentation(
  { problem, state, prepared }: { problem: TemporalWeights; state: TrainingState; prepared: PreparedStep },
  { grads, learningRate, factor }: { grads: NamedTensors; learningRate: number; factor: number },
  nextValBatch: () => Promise<ValBatch>,
): Promise<number> {
  if (problem.augmentation === undefined) return factor;
  const { instance, outer, optimiser } = state;
  const parts = prepared.parts.flatMap(({ drawn }) => drawn ?? []);
  const lossOf: InnerStep['lossOf'] = (forward, choice) => problem.innerLoss(forward, outer, choice);
  scaleInPlace(grads, 1 / factor);
  const inner = { grads, learningRate, instance, parts, lossOf, momentum: optimiser.momentum };
  await problem.augmentation.improve(outer, inner, nextValBatch);
  return 1;
}

/** What the losses of this step are multiplied by. */
function lossFactor({ lossScale }: Pick<TrainingState, 'lossScale'>): number {
  return lossScale?.factor ?? 1;
}

/**
 * The sum of the gradients of all parts, times the scale of the loss.
 * @throws AppError `out-of-memory`, with nothing changed but running statistics, which know the parts before
 */
export async function stepGradient(
  problem: TemporalWeights,
  state: TrainingState,
  { parts }: PreparedStep,
): Promise<StepGradient> {
  let grads: NamedTensors = {};
  const seen: Seen<ClipChoice>[] = [];
  try {
    for (const part of parts) {
      const gradient = await part.gradient(problem, state);
      grads = addGradients(grads, gradient.grads);
      seen.push(gradient.seen);
    }
    return { grads, seen: seenOfChoices(parts, seen) };
  } catch (error) {
    disposeNamed(grads);
    throw error;
  }
}

/** What the passes of each choice told, together. */
function seenOfChoices(parts: readonly StepPart[], seen: readonly Seen<ClipChoice>[]): Seen<ClipChoice>[] {
  const passes = Map.groupBy(parts.keys(), (part) => parts[part]!.of);
  return Array.from(passes, ([choice, indices]) => ({
    choice,
    losses: indices.flatMap((part) => seen[part]!.losses),
    clipLogits: indices.flatMap((part) => seen[part]!.clipLogits),
  }));
}

type PartMaker = (
  run: TrainingRun,
  state: TrainingState,
  batch: { choice: ClipChoice; videos: number },
  scaleOf: StepPlan['scaleOf'],
) => Promise<PreparedStep['parts']>;

const prepareDrawnClips: PartMaker = (run, state, { choice, videos }, scaleOf) => {
  const passes = choicePasses(choice, videos, state);
  return Promise.all(passes.map(async (pass) => ({ of: choice, ...(await drawnPart(run, state, pass, scaleOf)) })));
};

async function drawnPart(
  run: TrainingRun,
  { streams }: TrainingState,
  choice: ClipChoice,
  scaleOf: StepPlan['scaleOf'],
): Promise<Omit<StepPart, 'of'>> {
  const requests = choice.draws.flatMap(requestsOf);
  const learned = run.problem?.augmentation?.draw(requests.length, streams.augmentation);
  const augmentations = learned ? null : drawAugmentations(run, requests.length, streams.augmentation);
  const dropoutSeed = streams.dropout.integer(DROPOUT_SEEDS);
  const { clipFrames: frames, cropSize: size } = run.config;
  const batch = await readClips(run.clips, requests, { frames, size });
  const scales = choice.draws.map(({ video }) => scaleOf(video));
  const drawn: DrawnClips = { choice, batch, augmentations, dropoutSeed, scales, ...(learned && { learned }) };
  const gradient: StepPart['gradient'] = (problem, { instance, outer, ...state }) =>
    drawnClipsGradient(
      networkOf(problem, instance, outer, choice),
      { ...drawn, scales: scales.map((scale) => scale * lossFactor(state)) },
      (forward) => problem.innerLoss(forward, outer, choice),
      problem.augmentation && (() => problem.augmentation!.clips(outer, drawn)),
    );
  return { gradient, drawn };
}

const prepareWholeVideos: PartMaker = (run, { streams }, { choice: { epoch, draws } }, scaleOf) => {
  const { cropSize: size } = run.config;
  const parts = draws.map((draw): StepPart => {
    const { id, positions } = draw.video;
    const choice = { epoch, draws: [draw] };
    const video = {
      choice,
      passes: networkPasses(run.card, positions, size),
      read: (pass: Parameters<typeof readPass>[2]) => readPass(run.clips, id, pass, size),
      augmentation: drawAugmentations(run, 1, streams.augmentation)?.[0] ?? null,
      dropoutSeed: streams.dropout.integer(DROPOUT_SEEDS),
      scale: scaleOf(draw.video),
    };
    const gradient: StepPart['gradient'] = (problem, { instance, outer, ...state }) =>
      wholeVideoGradient(instance, { ...video, scale: video.scale * lossFactor(state) }, (forward) =>
        problem.innerLoss(forward, outer, choice),
      );
    return { of: choice, gradient };
  });
  return Promise.resolve(parts);
};

/** The network that a step trains: the whole, unless the problem is a search over networks. */
function networkOf(problem: TemporalWeights, whole: ModelInstance, outer: unknown, choice: ClipChoice): ModelInstance {
  return problem.search?.networkOf(outer, whole, choice) ?? whole;
}

function requestsOf({ video: { id, positions }, cells }: VideoDraw) {
  return cells.map((cell) => ({ videoId: id, start: positions.starts[cell]!, realFrames: positions.realFrames }));
}

function drawAugmentations({ config }: TrainingRun, count: number, rng: Rng): ClipAugmentation[] | null {
  if (config.augmentation === 'none') return null;
  return Array.from({ length: count }, () => drawAugmentation(rng, config.augment));
}

function losses(seen: readonly Seen<ClipChoice>[]): number[] {
  return seen.flatMap((part) => part.losses);
}

async function norm(grads: NamedTensors): Promise<number> {
  const value = globalNorm(Object.values(grads));
  try {
    return (await value.data())[0]!;
  } finally {
    value.dispose();
  }
}

function checkFinite({ cursor }: TrainingState, seen: readonly Seen<ClipChoice>[], gradientNorm: number): void {
  const all = losses(seen);
  const worst = all.find((loss) => !Number.isFinite(loss));
  if (worst === undefined && Number.isFinite(gradientNorm)) return;
  const place = `epoch ${cursor.epoch}, step ${cursor.totalSteps + 1}`;
  throw new AppError(
    'diverged',
    `Training diverged in ${place}: loss ${worst ?? all[0]}, gradient norm ${gradientNorm}.`,
    {
      hint: 'Start again with a smaller learningRate.',
    },
  );
}
