import { add, matMul, mean, reshape, tensor, tidy, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { AugmenterName } from '../../models/augmenter.ts';
import type { ModelCard } from '../../models/types.ts';
import type { ResolvedConfig } from '../../src-main/contract/config.ts';
import type { JobContext } from '../../src-main/contract/progress.ts';
import { Rng } from '../../src-main/data/rng.ts';
import { epochsOf, type EpochChanges } from '../../src-main/train/augmentation/change-record.ts';
import {
  learnedAugmentation,
  parseStoredOuter,
  type LearnedSetting,
} from '../../src-main/train/augmentation/learned-augmentation.ts';
import { lastStateSchema } from '../../src-main/train/checkpoint.ts';
import { temporalWeights } from '../../src-main/train/temporal-weights/methods.ts';
import { trainRun } from '../../src-main/train/training-loop.ts';
import type { TrainingRun } from '../../src-main/train/training-state.ts';
import { ArrayClips, MemorySink, toyConfig, toyVideo } from './toy-training.ts';

/** Side of the pictures. */
export const SIDE = 13;
const FEATURES = SIDE * SIDE * 3;

/** Logits of a clip: linear in the mean of its frames. */
export const placeCard: ModelCard = {
  name: 'toy-place',
  title: 'Linear in the mean frame',
  source: 'test',
  output: 'clip',
  cropSize: SIDE,
  scoreStride: 1,
  create: (options) => ({
    options,
    headParams: ['kernel', 'bias'],
    init: (uniform) => ({
      params: {
        kernel: tensor(
          Float32Array.from({ length: FEATURES * options.classes }, () => 0.05 * (uniform() - 0.5)),
          [FEATURES, options.classes],
        ),
        bias: tensor(new Float32Array(options.classes), [options.classes]),
      },
      buffers: {},
    }),
    apply: ({ params }, clips) =>
      tidy(() => {
        const n = clips.shape[0];
        const frame: Tensor2D = reshape(mean(clips, 1), [n, FEATURES]);
        const logits = add(matMul(frame, params['kernel'] as Tensor2D), params['bias'] as Tensor1D);
        return reshape(logits, [n, 1, options.classes]);
      }),
  }),
};

/** How validation pictures differ from those of training. */
export type Nuisance = { shiftX: number; rotationDeg: number };
export const NONE: Nuisance = { shiftX: 0, rotationDeg: 0 };

export type OracleTask = {
  nuisance: Nuisance;
  frames: number;
  seed: number;
  epochs: number;
  network: AugmenterName;
  /** Of training; two fifths as many validate. */
  pictures?: number;
  learned?: Partial<LearnedSetting>;
  set?: string[];
};

const CLASSES = ['left', 'right', 'top'];
/** Places of the spot of each class from the middle, pixels. */
const PLACES = [
  [-2.2, 1.3],
  [2.2, 1.3],
  [0, -2.5],
] as const;
/** Spread of the places, pixels, and share of pictures with a label at random: no network is ever quite sure. */
const SPREAD = 0.8;
const WRONG_LABELS = 0.1;

/** A spot, by class at another place; in validation moved by shift (pixels to the right), then clockwise rotation. */
function picture(label: number, { shiftX, rotationDeg }: Nuisance, frames: number, rng: Rng): Uint8Array {
  const angle = (rotationDeg * Math.PI) / 180;
  const [x0, y0] = PLACES[label]!;
  const [jitterX, jitterY] = [SPREAD * rng.normal(), SPREAD * rng.normal()];
  const [x1, y1] = [x0 + shiftX + jitterX, y0 + jitterY];
  const [x, y] = [x1 * Math.cos(angle) - y1 * Math.sin(angle), x1 * Math.sin(angle) + y1 * Math.cos(angle)];
  const middle = (SIDE - 1) / 2;
  const bytes = new Uint8Array(frames * FEATURES);
  for (let i = 0; i < frames * SIDE * SIDE; i++) {
    const [column, row] = [(i % SIDE) - middle, (Math.floor(i / SIDE) % SIDE) - middle];
    const value = 128 + 110 * Math.exp(-((column - x) ** 2 + (row - y) ** 2) / 4) + 4 * rng.normal();
    bytes.fill(Math.max(0, Math.min(255, Math.round(value))), 3 * i, 3 * i + 3);
  }
  return bytes;
}

export function oracleConfig({ frames, seed, epochs, set = [] }: OracleTask): ResolvedConfig {
  const data = ['pooling=average', `clipFrames=${frames}`, `epochs=${epochs}`, `seed=${seed}`, 'patience=1000'];
  const sgd = ['optimizer=sgd', 'learningRate=0.005', 'momentum=0.9', 'weightDecay=0', 'schedule=constant', 'batch=24'];
  return { ...toyConfig([...data, ...sgd, ...set]), cropSize: SIDE, scoreStride: 1 };
}

export function oracleRun(task: OracleTask, problem?: TrainingRun['problem']): TrainingRun & { sink: MemorySink } {
  const config = oracleConfig(task);
  const { pictures: count = 600 } = task;
  const rng = new Rng(task.seed);
  const pictures = new Map<string, Uint8Array>();
  const make = (id: string, label: number, nuisance: Nuisance) => {
    pictures.set(id, picture(label, nuisance, task.frames, rng));
    return toyVideo(id, task.frames, { label: rng.next() < WRONG_LABELS ? rng.integer(3) : label });
  };
  const trainVideos = Array.from({ length: count }, (_, i) => make(`train${i}`, i % 3, NONE));
  const valVideos = Array.from({ length: 0.4 * count }, (_, i) => make(`val${i}`, i % 3, task.nuisance));
  return {
    ...{ config, card: placeCard, classes: CLASSES, clips: new ArrayClips(pictures), sink: new MemorySink() },
    ...{ trainVideos, valVideos, problem: problem ?? learnedProblem(task) },
  };
}

export function learnedProblem(task: OracleTask) {
  const fixed = { flip: false, seed: task.seed, goal: 'validation', momentum: 0.9, weightDecay: 0.001 } as const;
  const setting = { ...fixed, learningRate: 0.2, network: task.network, ...task.learned };
  return learnedAugmentation(temporalWeights(oracleConfig(task)), setting);
}

/** Trains, and gives the changes of each epoch. */
export async function trainOracle(
  task: OracleTask,
  rest: Partial<TrainingRun> & { sink?: MemorySink } = {},
  job: JobContext = {},
): Promise<{ sink: MemorySink; changes: EpochChanges[]; valWar: number }> {
  const run = { ...oracleRun(task), ...rest };
  const { best } = await trainRun(run, job);
  const last = run.sink.checkpoints.get('last')!;
  const { changes } = parseStoredOuter(lastStateSchema.parse(last.state).outer);
  return { sink: run.sink, changes: epochsOf(changes), valWar: best.valWar };
}

/** The change that makes training pictures look like those of validation: what they show at x lay at x - shift. */
export function wantedShift({ shiftX }: Nuisance): number {
  return -shiftX / ((SIDE - 1) / 2);
}

/** Clockwise rotation, in degrees, of pictures that the mean of a learned `rotation` shows. */
export function shownRotationDeg({ mean: [angle] }: EpochChanges): number {
  return (angle! * 180) / Math.PI;
}

/** Shift to the right, in pixels, that the mean of a learned `translation` shows. */
export function shownShift({ mean }: EpochChanges): number {
  return (-mean[0]! * (SIDE - 1)) / 2;
}
