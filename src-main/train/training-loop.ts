/**
 * The one training loop (design.md section 2). A step: draw clips, read and augment them, forward and backward, one
 * optimiser step, update of the outer problem, records. An epoch: a step for every video, validation on whole videos,
 * learning rate, stopping, checkpoints. A run that was stopped, or killed at any point, goes on from its last checkpoint
 * with the same numbers.
 */
import { AppError, throwIfAborted } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import type { StepMetrics } from '../contract/records.ts';
import { classWeights } from '../data/class-balance.ts';
import type { TemporalWeights, VideoRef } from './bilevel-problem.ts';
import { epochOrder, epochSteps } from './epoch-plan.ts';
import { FirstStepTuning } from './first-step-tuning.ts';
import { cutToPasses, halvePasses, smallerPasses } from './pass-limit.ts';
import { streamStates, type StreamStates } from './random-streams.ts';
import { samplingRecords } from './sampling-records.ts';
import { endOfTraining, learningRateAt, progressAfter, type EpochScore } from './schedules.ts';
import { temporalWeights } from './temporal-weights/methods.ts';
import { trainingRefs } from './training-videos.ts';
import {
  bestCheckpoint,
  disposeState,
  freshState,
  lastCheckpoint,
  restoredState,
  startOfEpoch,
  type TrainingRun,
  type TrainingState,
} from './training-state.ts';
import {
  prepareStep,
  stepGradient,
  takeStep,
  type PreparedStep,
  type StepGradient,
  type StepResult,
} from './training-step.ts';
import { WaitClock } from './wait-clock.ts';
import { drawValBatch, validate, type Validation } from './validation.ts';

/** `best` is the epoch with the lowest validation loss, whose network is the checkpoint `best`. */
export type TrainResult = {
  epochs: number;
  best: EpochScore;
  stopped: 'finished' | 'early';
  /** The epoch in which a resumed run went on, that after the last where none was left; null for a run from the start. */
  resumedFromEpoch: number | null;
  /** Videos of a forward and backward pass at most, where memory held less than a batch; null where it held all. */
  passVideos: number | null;
};

type Loop = {
  run: TrainingRun;
  problem: TemporalWeights;
  refs: readonly VideoRef[];
  /** [k] factors of the loss. */
  classWeights: readonly number[];
  state: TrainingState;
  job: JobContext;
  /** Of the epoch in progress. */
  clock: WaitClock;
  tuning: FirstStepTuning;
};

/** Share of the time from which the progress line tells that the engine waits. */
const NOTABLE_WAIT = 0.05;

/** The batches of each step of an epoch, as indices into the training videos. */
type Steps = number[][][];

/** `untilEpoch`: the epoch behind which to stop for now, as if the run were at its end; its schedule stays. */
export type TrainingStretch = TrainingRun & { untilEpoch?: number };

/**
 * Trains a network.
 * @throws AppError `aborted` when the signal fires (the checkpoint `last` is then up to date), `diverged`, `bad-input`
 *   when there is nothing to train or validate on, `corrupt` or `bad-input` for a checkpoint that does not fit
 */
export async function trainRun(run: TrainingStretch, job: JobContext = {}): Promise<TrainResult> {
  const problem = run.problem ?? temporalWeights(run.config);
  const refs = trainableRefs(run, problem);
  const state = await openState(run, problem, refs);
  const weights = lossWeights(run, refs);
  const measures = { clock: new WaitClock(), tuning: new FirstStepTuning() };
  const loop: Loop = { run, problem, refs, classWeights: weights, state, job, ...measures };
  try {
    const resumedFromEpoch = run.resumeFrom === undefined ? null : state.cursor.epoch;
    let stopped = isFresh(state) ? null : endOfTraining(run.config, state.progress, state.cursor.epoch - 1);
    while (stopped === null && state.cursor.epoch <= (run.untilEpoch ?? Infinity)) {
      const epoch = state.cursor.epoch;
      await trainEpoch(loop);
      stopped = endOfTraining(run.config, state.progress, epoch);
    }
    return {
      epochs: state.cursor.epoch - 1,
      best: state.progress.best!,
      stopped: stopped ?? 'finished',
      resumedFromEpoch,
      passVideos: state.passVideos,
    };
  } finally {
    problem.augmentation?.dispose(state.outer);
    disposeState(state);
  }
}

/** What {@link trainRun} is to learn from and to be validated on. */
export type RunVideos = Pick<TrainingRun, 'config' | 'classes' | 'trainVideos' | 'valVideos'>;

/**
 * Refuses what {@link trainRun} refuses of its videos, before anything is written for a run.
 * @throws AppError `bad-input` when there is nothing to train or validate on
 */
export function requireVideos(run: RunVideos): void {
  trainableRefs(run, temporalWeights(run.config));
}

function trainableRefs(run: RunVideos, problem: TemporalWeights): VideoRef[] {
  const refs = trainingRefs(run, problem);
  checkVideos(run, refs);
  return refs;
}

async function openState(
  run: TrainingRun,
  problem: TemporalWeights,
  refs: readonly VideoRef[],
): Promise<TrainingState> {
  if (run.resumeFrom === undefined) {
    await run.sink.rewindRecords({ metricsBytes: 0, samplingBytes: 0 });
    const state = freshState(run, problem, refs);
    if (run.smallerPasses) await run.sink.appendMetrics(smallerPasses(run, state, run.smallerPasses.reason));
    return state;
  }
  const { records, ...state } = restoredState(run, problem, refs, run.resumeFrom);
  await run.sink.rewindRecords(records);
  return state;
}

/** No epoch is over yet. */
function isFresh({ progress }: TrainingState): boolean {
  return progress.best === null;
}

async function trainEpoch(loop: Loop): Promise<void> {
  const { run, refs, state } = loop;
  const startMs = performance.now();
  state.cursor.order ??= epochOrder(refs, run.config, run.classes.length, state.streams.order);
  const steps = epochSteps(state.cursor.order, run.config);
  const trained = await trainSteps(loop, steps);
  const validation = await validateOrSave(loop);
  await closeEpoch(loop, validation, { ...trained, seconds: (performance.now() - startMs) / 1000 });
}

/**
 * The steps of the epoch that are not done yet. While one computes, the next is prepared, unless they share a video,
 * whose draw then depends on the step before.
 * @returns the last learning rate, and the share of the time in which the engine waited for clips
 */
async function trainSteps(loop: Loop, steps: Steps): Promise<{ learningRate: number; waitShare: number }> {
  const { state } = loop;
  const clock = (loop.clock = new WaitClock());
  let ahead: Promise<PreparedStep> | null = null;
  let streams = streamStates(state.streams);
  while (state.cursor.stepsDone < steps.length) {
    const [step, next] = steps.slice(state.cursor.stepsDone);
    await saveIfAborted(loop, streams);
    const drawnFrom = streams;
    const prepared: PreparedStep = await clock.waiting(ahead ?? prepare(loop, step!));
    streams = streamStates(state.streams);
    ahead = canDrawAhead(loop, step!, next) ? prepare(loop, next!) : null;
    // Why: if this step fails, nobody awaits the next one; its failure must not end the process.
    ahead?.catch(() => undefined);
    const gradient = await gradientOrHalves(loop, prepared, { step: step!, drawnFrom });
    if (gradient === null) [ahead, streams] = [null, streamStates(state.streams)];
    else await trainStep(loop, prepared, { gradient, stepsPerEpoch: steps.length });
  }
  await saveIfAborted(loop, streams);
  return { learningRate: learningRateOf(loop, steps.length - 1, steps.length), waitShare: clock.share };
}

/** Null where memory ran out: the step is then to be prepared again, in smaller passes. */
async function gradientOrHalves(
  { run, problem, state }: Loop,
  prepared: PreparedStep,
  { step, drawnFrom }: { step: number[][]; drawnFrom: StreamStates },
): Promise<StepGradient | null> {
  try {
    return await stepGradient(problem, state, prepared);
  } catch (error) {
    const halved = halvePasses({ problem, state }, { batches: cutToPasses(step, state), drawnFrom }, error);
    await run.sink.appendMetrics(halved);
    return null;
  }
}

async function trainStep(
  loop: Loop,
  prepared: PreparedStep,
  { gradient, stepsPerEpoch }: { gradient: StepGradient; stepsPerEpoch: number },
): Promise<void> {
  const { run, problem, state, job } = loop;
  const lossScale = state.lossScale?.factor;
  const result = await takeStep(problem, state, prepared, {
    gradient,
    learningRate: learningRateOf(loop, state.cursor.stepsDone, stepsPerEpoch),
    nextValBatch: () => drawValBatch(run, state),
  });
  const losses = result.seen.flatMap(({ losses }) => losses);
  const lossSum = losses.reduce((sum, loss) => sum + loss, 0);
  state.cursor.stepsDone++;
  state.cursor.totalSteps++;
  state.cursor.lossSum += lossSum;
  state.cursor.videos += losses.length;
  await recordStep(loop, result, { loss: lossSum / losses.length, ...(lossScale && { lossScale }) });
  const progress = { stage: 'train', done: state.cursor.totalSteps, total: run.config.epochs * stepsPerEpoch };
  job.onProgress?.({ ...progress, detail: progressText(loop) });
  await loop.tuning.afterStep(progress, job);
}

function prepare({ run, problem, refs, classWeights, state }: Loop, batches: number[][]): Promise<PreparedStep> {
  const videos = batches.map((batch) => batch.map((index) => refs[index]!));
  const weightOf = ({ label }: VideoRef) => (label === null ? 1 : classWeights[label]!);
  const total = videos.flat().reduce((sum, video) => sum + weightOf(video), 0);
  const scaleOf = (video: VideoRef) => weightOf(video) / total;
  return prepareStep(run, problem, state, { epoch: state.cursor.epoch, batches: videos, scaleOf });
}

async function recordStep(
  { run, problem, state }: Loop,
  { seen, gradientNorm }: StepResult,
  figures: Pick<StepMetrics, 'loss' | 'lossScale'>,
) {
  const { epoch, totalSteps: step } = state.cursor;
  const search = problem.search?.record(state.outer, seen[0]!.choice);
  await run.sink.appendMetrics({ kind: 'step', epoch, step, ...figures, gradientNorm, ...(search && { search }) });
  if (run.recordsSampling === false) return;
  await run.sink.appendSampling(seen.flatMap((part) => samplingRecords(problem, state, part)));
}

/** An interruption during validation loses no step: the run goes on with the validation. */
async function validateOrSave(loop: Loop): Promise<Validation> {
  const { run, problem, state, job } = loop;
  try {
    return problem.search?.validation(state.outer) ?? (await validate(run, problem, state, job));
  } finally {
    await saveIfAborted(loop, streamStates(state.streams));
  }
}

async function closeEpoch(
  loop: Loop,
  validation: Validation,
  { learningRate, seconds, waitShare }: { learningRate: number; seconds: number; waitShare: number },
): Promise<void> {
  const { run, problem, state } = loop;
  const { epoch, lossSum, videos, totalSteps } = state.cursor;
  if (!Number.isFinite(validation.valLoss)) throw divergedInValidation(epoch, validation.valLoss);
  const { valRecall, ...figures } = validation;
  const score: EpochScore = { epoch, ...figures };
  state.progress = progressAfter(run.config, state.progress, score);
  state.cursor = startOfEpoch(epoch + 1, totalSteps);
  const best = state.progress.best === score;
  const phase = problem.phase(epoch);
  await run.sink.appendMetrics({
    kind: 'epoch',
    phase,
    trainLoss: lossSum / videos,
    ...score,
    ...(valRecall && { valRecall }),
    learningRate,
    seconds,
    waitShare,
    best,
  });
  if (best) await run.sink.saveCheckpoint('best', await bestCheckpoint(run, state, score));
  await saveLast(loop, streamStates(state.streams));
}

async function saveIfAborted(loop: Loop, streams: StreamStates): Promise<void> {
  if (loop.job.signal?.aborted !== true) return;
  await saveLast(loop, streams);
  throwIfAborted(loop.job.signal);
}

/** @param streams - as they stood before a step that is prepared but not taken; such a step draws no validation clips */
async function saveLast({ run, problem, refs, state }: Loop, streams: StreamStates): Promise<void> {
  const context = {
    refs,
    records: await run.sink.markRecords(),
    streams: { ...streams, validation: state.streams.validation.state },
  };
  await run.sink.saveCheckpoint('last', await lastCheckpoint(run, problem, state, context));
}

function learningRateOf({ run, state }: Loop, step: number, stepsPerEpoch: number): number {
  const share = (state.cursor.epoch - 1 + step / stepsPerEpoch) / run.config.epochs;
  return learningRateAt(run.config, state.progress, share);
}

function progressText({ run, state, clock }: Loop): string {
  const { epoch, lossSum, videos } = state.cursor;
  const waits = clock.share < NOTABLE_WAIT ? '' : `, waits for clips ${(100 * clock.share).toFixed(0)} % of the time`;
  const best = state.progress.best;
  const validation = best === null ? '' : `, best val WAR ${(100 * best.valWar).toFixed(1)} % in epoch ${best.epoch}`;
  return `epoch ${epoch}/${run.config.epochs}, loss ${(lossSum / videos).toFixed(3)}${validation}${waits}`;
}

/** A draw must not need what the step before teaches: the scores of a video in both, or which network to train. */
function canDrawAhead({ problem }: Loop, step: number[][], next: number[][] | undefined): boolean {
  return next !== undefined && problem.search === undefined && areDisjoint(step, next);
}

function areDisjoint(one: number[][], other: number[][]): boolean {
  const videos = new Set(one.flat());
  return !other.flat().some((video) => videos.has(video));
}

function checkVideos({ valVideos }: RunVideos, refs: readonly VideoRef[]): void {
  const hint = 'Label more videos, run `prepare`, or look at their face coverage.';
  if (refs.length === 0) throw new AppError('bad-input', 'No training video has both a label and a face.', { hint });
  if (!valVideos.some(({ runs }) => runs.length > 0))
    throw new AppError('bad-input', 'No validation video has a face.', { hint });
  const unlabelled = valVideos.find(({ label }) => label === null);
  if (unlabelled) throw new AppError('bad-input', `Validation video ${unlabelled.path} has no label.`, { hint });
}

function lossWeights({ config, classes }: TrainingRun, refs: readonly VideoRef[]): number[] {
  return config.balance === 'class-weights' ? classWeights(refs, classes.length) : classes.map(() => 1);
}

function divergedInValidation(epoch: number, valLoss: number): AppError {
  const hint = 'Start again with a smaller learningRate.';
  return new AppError('diverged', `Training diverged in epoch ${epoch}: validation loss ${valLoss}.`, { hint });
}
