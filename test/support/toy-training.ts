import { add, matMul, type Tensor1D, type Tensor2D, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Model, ModelCard, ModelOptions } from '../../models/types.ts';
import type { ResolvedConfig } from '../../src-main/contract/config.ts';
import type { EpochMetrics, MetricsRecord, SamplingRecord } from '../../src-main/contract/records.ts';
import type { ClipSource, ClipVideo } from '../../src-main/data/clip-source.ts';
import { parseConfig, resolveConfig } from '../../src-main/data/config-resolution.ts';
import { Rng } from '../../src-main/data/rng.ts';
import type { Checkpoint, CheckpointName, RecordMark } from '../../src-main/train/checkpoint.ts';
import type { RunSink } from '../../src-main/train/run-sink.ts';

/** Side of toy pictures in pixels. */
export const TOY_SIZE = 2;
const FEATURES = TOY_SIZE * TOY_SIZE * 3;

/** A network that looks at each frame on its own: logits are linear in its pixels. */
export const linearCard: ModelCard = {
  name: 'toy-linear',
  title: 'Linear in each frame',
  source: 'test',
  output: 'frame',
  temporalRadius: 0,
  cropSize: TOY_SIZE,
  scoreStride: 1,
  create: createLinear,
};

function createLinear(options: ModelOptions): Model {
  return {
    options,
    headParams: ['logits.kernel', 'logits.bias'],
    init: (uniform) => ({
      params: {
        'logits.kernel': tensor(
          Float32Array.from({ length: FEATURES * options.classes }, () => 0.2 * (uniform() - 0.5)),
          [FEATURES, options.classes],
        ),
        'logits.bias': tensor(new Float32Array(options.classes), [options.classes]),
      },
      buffers: {},
    }),
    apply: ({ params }, clips) => {
      const [n, t] = clips.shape;
      return tidy(() => {
        const frames: Tensor2D = clips.reshape([n * t, FEATURES]);
        const logits = add(matMul(frames, params['logits.kernel'] as Tensor2D), params['logits.bias'] as Tensor1D);
        return logits.reshape([n, t, options.classes]);
      });
    },
  };
}

/** Pictures from memory; counts what was read. */
export class ArrayClips implements ClipSource {
  readonly reads: { videoId: string; start: number; count: number }[] = [];
  readonly #frames: ReadonlyMap<string, Uint8Array>;

  /** @param frames - u8 [t,h,w,c] by video */
  constructor(frames: ReadonlyMap<string, Uint8Array>) {
    this.#frames = frames;
  }

  readFrames(videoId: string, start: number, count: number, size: number): Promise<Uint8Array> {
    this.reads.push({ videoId, start, count });
    const frameBytes = size * size * 3;
    const frames = this.#frames.get(videoId)!;
    if ((start + count) * frameBytes > frames.length) throw new Error(`${videoId}: read beyond the end`);
    return Promise.resolve(frames.slice(start * frameBytes, (start + count) * frameBytes));
  }
}

export function toyVideo(id: string, frames: number, rest: Partial<ClipVideo> = {}): ClipVideo {
  return {
    id,
    path: `${id}.mp4`,
    label: 0,
    subject: null,
    runs: [{ start: 0, end: frames }],
    timesSec: Float64Array.from({ length: frames }, (_, t) => t / 25),
    durationSec: frames / 25,
    faceCoverage: 1,
    moment: null,
    ...rest,
  };
}

export type ToyData = { trainVideos: ClipVideo[]; valVideos: ClipVideo[]; clips: ArrayClips; classes: string[] };

/**
 * Videos in which the pattern of the class shows in a quarter of the frames, in one stretch at a random place; the
 * other frames show, more faintly, the pattern of another class.
 */
export function momentData(
  seed: number,
  { train, val, frames }: { train: number; val: number; frames: number },
): ToyData {
  const rng = new Rng(seed);
  const classes = ['a', 'b', 'c'];
  const patterns = classes.map((_, k) => Array.from({ length: FEATURES }, (_, i) => (i % 3 === k ? 1 : -1)));
  const pictures = new Map<string, Uint8Array>();
  const make = (id: string, index: number): ClipVideo => {
    const label = index % classes.length;
    const length = frames / 4;
    const start = rng.integer(frames - length + 1);
    const decoy = (label + 1 + rng.integer(2)) % classes.length;
    const shown = (t: number) =>
      t >= start && t < start + length
        ? { pattern: patterns[label]!, gain: 60 }
        : { pattern: patterns[decoy]!, gain: 25 };
    const bytes = Array.from({ length: frames }, (_, t) => {
      const { pattern, gain } = shown(t);
      return pattern.map((sign) => Math.min(255, Math.max(0, Math.round(128 + gain * sign + 20 * rng.normal()))));
    });
    pictures.set(id, Uint8Array.from(bytes.flat()));
    return toyVideo(id, frames, { label, moment: { startSec: start / 25, endSec: (start + length - 1) / 25 } });
  };
  const trainVideos = Array.from({ length: train }, (_, i) => make(`train${i}`, i));
  const valVideos = Array.from({ length: val }, (_, i) => make(`val${i}`, i));
  return { trainVideos, valVideos, clips: new ArrayClips(pictures), classes };
}

export function toyConfig(pairs: readonly string[]): ResolvedConfig {
  const defaults = ['clipFrames=4', 'augmentation=none', 'dropout=0', 'batch=6', 'epochs=3', 'learningRate=0.02'];
  return resolveConfig(parseConfig({}, [...defaults, ...pairs]), linearCard);
}

/** Keeps everything in memory; marks are counts of records. */
export class MemorySink implements RunSink {
  metrics: MetricsRecord[] = [];
  sampling: SamplingRecord[] = [];
  readonly checkpoints = new Map<CheckpointName, Checkpoint>();

  appendMetrics(record: MetricsRecord): Promise<void> {
    this.metrics.push(record);
    return Promise.resolve();
  }

  appendSampling(records: readonly SamplingRecord[]): Promise<void> {
    this.sampling.push(...records);
    return Promise.resolve();
  }

  markRecords(): Promise<RecordMark> {
    return Promise.resolve({ metricsBytes: this.metrics.length, samplingBytes: this.sampling.length });
  }

  rewindRecords({ metricsBytes, samplingBytes }: RecordMark): Promise<void> {
    this.metrics = this.metrics.slice(0, metricsBytes);
    this.sampling = this.sampling.slice(0, samplingBytes);
    return Promise.resolve();
  }

  /** Through JSON, as a file would. */
  saveCheckpoint(name: CheckpointName, { tensors, state }: Checkpoint): Promise<void> {
    this.checkpoints.set(name, { tensors, state: JSON.parse(JSON.stringify(state)) as unknown });
    return Promise.resolve();
  }

  get epochs(): EpochMetrics[] {
    return this.metrics.filter((record) => record.kind === 'epoch');
  }

  /** Records without what the clock says. */
  get numbers(): unknown[] {
    return this.metrics.map((record) => (record.kind === 'epoch' ? { ...record, seconds: 0, waitShare: 0 } : record));
  }
}
