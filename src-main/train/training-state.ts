import { createHash } from 'node:crypto';
import type { Model, ModelCard, NamedTensors, Variables } from '../../models/types.ts';
import type { ResolvedConfig } from '../contract/config.ts';
import { AppError } from '../contract/errors.ts';
import type { ClipSource, ClipVideo } from '../data/clip-source.ts';
import { modelOptions } from '../data/model-options.ts';
import type { ModelInstance } from '../data/network-passes.ts';
import { valuesOf, variablesFromValues, type NamedValues } from '../data/stored-variables.ts';
import type { TemporalWeights, VideoRef } from './bilevel-problem.ts';
import {
  parseLastState,
  type BestState,
  type Checkpoint,
  type Cursor,
  type LastState,
  type RecordMark,
} from './checkpoint.ts';
import { disposeNamed } from './named-tensors.ts';
import { LossScale } from './loss-scale.ts';
import { Optimiser } from './optimisers.ts';
import { openStreams, restoreStreams, type RandomStreams, type StreamStates } from './random-streams.ts';
import type { RunSink } from './run-sink.ts';
import { initialProgress, type EpochScore, type ValidationProgress } from './schedules.ts';

/** What a run is made of. */
export type TrainingRun = {
  config: ResolvedConfig;
  /** Names of the k classes in order. */
  classes: readonly string[];
  card: ModelCard;
  /** Videos with a label; those without a face to see are left out. */
  trainVideos: readonly ClipVideo[];
  valVideos: readonly ClipVideo[];
  clips: ClipSource;
  sink: RunSink;
  /** The bilevel problem; absent: the temporal pooling method of the config. */
  problem?: TemporalWeights;
  /** False where there is nothing to choose from in a video, as in pictures. */
  recordsSampling?: boolean;
  /** Videos of the batches that outer losses are measured on; absent: `valVideos`. */
  outerVideos?: readonly ClipVideo[];
  /** The checkpoint `last` of a run that goes on. */
  resumeFrom?: Checkpoint;
  /** Where memory is known to hold less than a batch: videos of a pass, and why. */
  smallerPasses?: { videos: number; reason: string };
  /** Puts weights from elsewhere into fresh variables, as `initialWeights` asks. */
  initialise?: (model: Model, fresh: Variables) => void;
};

/** Everything that changes while a run trains; owns its tensors. */
export type TrainingState = {
  instance: ModelInstance;
  optimiser: Optimiser;
  /** Null where nothing is computed in f16. */
  lossScale: LossScale | null;
  /** Videos of a forward and backward pass at most, where memory holds less than a batch; null for no such limit. */
  passVideos: number | null;
  outer: unknown;
  streams: RandomStreams;
  progress: ValidationProgress;
  cursor: Cursor;
};

const OPTIMIZER_PREFIX = 'optimizer.';
const OUTER_PREFIX = 'outer.';

export function freshState(run: TrainingRun, problem: TemporalWeights, refs: readonly VideoRef[]): TrainingState {
  const streams = openStreams(run.config.seed);
  const model = createModel(run);
  const variables = model.init(() => streams.init.next());
  run.initialise?.(model, variables);
  return {
    instance: { card: run.card, model, variables },
    optimiser: new Optimiser(run.config, model, variables.params),
    lossScale: run.config.precision === 'mixed' ? new LossScale() : null,
    passVideos: run.smallerPasses?.videos ?? null,
    outer: problem.initial(refs),
    streams,
    progress: initialProgress(),
    cursor: startOfEpoch(1, 0),
  };
}

/**
 * The state that a checkpoint holds.
 * @throws AppError `corrupt` when it is not a whole checkpoint, `bad-input` when it is one of another run
 */
export function restoredState(
  run: TrainingRun,
  problem: TemporalWeights,
  refs: readonly VideoRef[],
  { tensors, state }: Checkpoint,
): TrainingState & { records: RecordMark } {
  const stored = parseLastState(state);
  checkSameRun(stored, run, refs);
  const outer = restoreOuter(problem, stored.outer);
  const model = createModel(run);
  const variables = variablesFromValues(model, tensors, 'checkpoint');
  problem.augmentation?.adopt(outer, prefixed(tensors, OUTER_PREFIX));
  const slots = prefixed(tensors, OPTIMIZER_PREFIX);
  return {
    instance: { card: run.card, model, variables },
    optimiser: new Optimiser(run.config, model, variables.params, { slots, steps: stored.optimizerSteps }),
    lossScale: stored.lossScale && new LossScale(stored.lossScale),
    passVideos: stored.passVideos,
    outer,
    streams: restoreStreams(stored.streams),
    progress: stored.progress,
    cursor: stored.cursor,
    records: stored.records,
  };
}

/** What the state itself does not tell: where the streams stood before steps that are prepared but not taken. */
export type CheckpointContext = { refs: readonly VideoRef[]; records: RecordMark; streams: StreamStates };

/** The checkpoint `last`. */
export async function lastCheckpoint(
  run: TrainingRun,
  problem: TemporalWeights,
  state: TrainingState,
  { refs, records, streams }: CheckpointContext,
): Promise<Checkpoint> {
  const { params, buffers } = state.instance.variables;
  const slots = withPrefix(OPTIMIZER_PREFIX, state.optimiser.slots);
  const own = withPrefix(OUTER_PREFIX, problem.augmentation?.tensors(state.outer) ?? {});
  const last: LastState = {
    ...identityOf(run, refs),
    cursor: state.cursor,
    progress: state.progress,
    streams,
    optimizerSteps: state.optimiser.steps,
    lossScale: state.lossScale?.state ?? null,
    passVideos: state.passVideos,
    records,
    outer: problem.serialize(state.outer),
  };
  return { tensors: await valuesOf({ ...params, ...buffers, ...slots, ...own }), state: last };
}

/** The checkpoint `best`: the network and its validation. */
export async function bestCheckpoint(run: TrainingRun, state: TrainingState, score: EpochScore): Promise<Checkpoint> {
  const { params, buffers } = state.instance.variables;
  const best: BestState = { version: 1, model: run.config.model, classes: [...run.classes], score };
  return { tensors: await valuesOf({ ...params, ...buffers }), state: best };
}

export function startOfEpoch(epoch: number, totalSteps: number): Cursor {
  return { epoch, stepsDone: 0, totalSteps, order: null, lossSum: 0, videos: 0 };
}

export function disposeState({ instance, optimiser }: TrainingState): void {
  disposeNamed(instance.variables.params);
  disposeNamed(instance.variables.buffers);
  optimiser.dispose();
}

function createModel({ card, classes, config }: TrainingRun): Model {
  return card.create(modelOptions(config, classes.length));
}

function identityOf({ config, classes }: TrainingRun, refs: readonly VideoRef[]) {
  const { model, pooling, optimizer } = config;
  return { version: 1 as const, model, pooling, optimizer, classes: [...classes], trainingData: hashOf(refs) };
}

function hashOf(refs: readonly VideoRef[]): string {
  const lines = refs.map(({ id, label, positions }) => `${id} ${label} ${positions.starts.join(',')}`);
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

function restoreOuter(problem: TemporalWeights, stored: unknown): unknown {
  try {
    return problem.restore(stored);
  } catch (cause) {
    throw new AppError('corrupt', 'checkpoint: the scores of clips are not those of this pooling method.', { cause });
  }
}

function checkSameRun(stored: LastState, run: TrainingRun, refs: readonly VideoRef[]): void {
  const wanted = identityOf(run, refs);
  const differing = (['model', 'pooling', 'optimizer', 'classes', 'trainingData'] as const).find(
    (key) => String(stored[key]) !== String(wanted[key]),
  );
  if (differing === undefined) return;
  const found =
    differing === 'trainingData'
      ? 'it was made with other training videos, labels or faces'
      : `${differing} is ${String(stored[differing])}, expected ${String(wanted[differing])}`;
  throw new AppError('bad-input', `The checkpoint belongs to another run: ${found}.`, {
    hint: 'Resume with the settings and data of the run, or start a new run under another name.',
  });
}

function withPrefix(prefix: string, tensors: NamedTensors): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, value]) => [prefix + name, value]));
}

/** Values whose names start with a prefix, by the rest of the name. */
export function prefixed(values: NamedValues, prefix: string): NamedValues {
  const found = Object.entries(values).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}
