/** Answers of a project with one evaluated run, for the Inspect and Train tabs. */
import type { ClipPrediction, VideoPrediction } from '../../src-main/contract/records.ts';
import { classProbabilities, largest, poolClips } from '../../src-main/infer/gamma-lens.ts';
import { heaviestClip } from '../../src-main/infer/localisation.ts';
import { EventQueue } from '../../src-main/contract/event-queue.ts';
import { LABELS } from './fake-bridge.ts';

const CLIPS = 40;
const VIDEOS = 9;
const config = {
  ...{ model: 'small3d', pooling: 'stochastic-softmax', gamma: 1, epochs: 3, clipsPerVideo: 1, seed: 1 },
  ...{ clipFrames: 16, cropSize: 48, scoreStride: 1 },
};
const engine = { name: 'wasm', device: 'A processor', why: 'test', threads: 1, features: {} };
const idOf = (i: number) => i.toString(16).padStart(16, '0');
const truthOf = (i: number) => LABELS[i % 3]!;

/** Video 0 shows another expression than its label for a while; it is decided by that at any γ but the smallest. */
export function predictionOf(i: number): VideoPrediction {
  const shown = i === 0 ? 1 : i % 3;
  const logits = Array.from({ length: CLIPS }, (_, p) =>
    LABELS.map((_name, k) => (p > 10 && p < 20 ? (k === shown ? 5 : 0) : k === i % 3 ? 2 : 0)),
  );
  const { logits: pooled, weights } = poolClips(logits, { kind: 'softmax', gamma: 1 });
  const decided = largest(pooled);
  const probabilities = classProbabilities(pooled);
  const clips = logits.map((row, p): ClipPrediction => ({
    ...{ startFrame: p, startSec: p / 25, endSec: (p + 16) / 25, weight: weights[p]![decided]!, logits: row },
  }));
  return {
    ...{ videoId: idOf(i), path: `clips/${truthOf(i)}-${i}.mp4`, label: LABELS[decided]!, durationSec: 2.2 },
    ...{ faceCoverage: 1, clips, heaviest: heaviestClip(clips) },
    probabilities: Object.fromEntries(LABELS.map((name, k) => [name, probabilities[k]!])),
  };
}

const interval = { low: 0.6, high: 1 };
const epochs = [1, 2, 3].map((epoch) => ({
  ...{ kind: 'epoch', epoch, phase: 'softmax', trainLoss: 2 / epoch, valLoss: 1 / epoch, valWar: epoch / 4 },
  ...{ valUar: epoch / 5, valRecall: [1, 0.5, 0], learningRate: 0.001, seconds: 2, best: true },
}));
const best = { epoch: 3, valLoss: 0.33, valWar: 0.75, valUar: 0.6 };

export function runRow(name: string, change: Record<string, unknown> = {}) {
  const at = '2026-11-23T10:00:00Z';
  return {
    ...{ name, createdAt: at, updatedAt: at, status: 'trained', model: 'small3d', pooling: 'stochastic-softmax' },
    ...{ gamma: 1, seed: 1, epochs: 3, epochsPlanned: 3, seconds: 6, best, test: { war: 0.8, uar: 0.7 }, error: null },
    ...change,
  };
}

export function evaluatedAnswers(): Record<string, (input: never) => unknown> {
  const predictions = Array.from({ length: VIDEOS }, (_, i) => predictionOf(i));
  const protocol = {
    ...{ split: 'test', subjectDisjoint: true, selectedOn: 'val', n: VIDEOS, subjects: 3, seed: 1 },
    ...{ dataFingerprint: 'f00dcafe', engine: 'wasm' },
  };
  const confusion = LABELS.map((_, t) =>
    LABELS.map((_name, p) => (t === p ? (t === 0 ? 2 : 3) : t === 0 && p === 1 ? 1 : 0)),
  );
  const notes = ['2 videos of the split have left the project.'];
  const evaluation = { ...{ war: 8 / 9, uar: 8 / 9, n: VIDEOS, classes: LABELS, confusion }, notes, protocol };
  const history = { scores: Array.from({ length: CLIPS }, (_, p) => (p > 10 && p < 20 ? 3 : 0)), starts: [12] };
  const positions = Array.from({ length: CLIPS }, (_, p) => ({ startFrame: p, centreSec: (p + 8) / 25 }));
  const shown = { id: idOf(0), path: 'clips/anger-0.mp4', label: 'anger' };
  return {
    'inspect.runs': () => [
      { name: 'run-1', model: 'small3d', pooling: 'stochastic-softmax', gamma: 1, evaluated: ['test'] },
    ],
    'inspect.evaluated': () => ({ run: 'run-1', config, classes: LABELS, engine, evaluation, predictions }),
    'inspect.labels': () =>
      predictions.map(({ videoId: id }, i) => {
        return {
          id,
          label: truthOf(i),
          subject: `p${i % 3}`,
          moment: i === 0 ? { startSec: 0, endSec: 0.4 } : null,
          confirmed: false,
        };
      }),
    'inspect.intervals': () => ({
      ...{ war: interval, uar: interval, perClass: LABELS.map(() => interval) },
      subjects: ['p0', 'p1', 'p2'].map((subject) => ({ subject, n: 3, war: 0.9, interval })),
    }),
    'inspect.played': () => ({
      ...{ timesSec: Float64Array.from({ length: 55 }, (_, t) => t / 25), startSec: 0 },
      playback: { how: 'none', why: 'A test has no file.', canMake: false },
    }),
    'inspect.sampledVideos': () => [shown],
    'inspect.sampling': () => ({
      ...{ ...shown, moment: null, durationSec: 2.2, positions },
      records: [1, 2, 3].map((epoch) => ({ epoch, videoId: idOf(0), ...history })),
    }),
    'inspect.saveFigure': () => ({ path: '/data/study/runs/run-1/exports/figures/confusion.svg' }),
    'label.set': () => ({}),
    'train.runs': () => [
      runRow('run-1'),
      runRow('run-2', { status: 'failed', error: { code: 'diverged', message: 'The loss is not a number any more.' } }),
      runRow('run-3', { status: 'paused', test: null }),
    ],
    'train.run': ({ run }: { run: string }) => ({
      config: { ...config, gamma: run === 'run-1' ? 1 : 2 },
      manifest: { classes: LABELS },
      epochs,
    }),
    'train.plan': () => ({
      ...{ problem: null, config, videos: { train: 20, val: 6, test: 6 }, notes: [] },
      memory: { parameters: 1e6, optimiser: 2e6, activations: 3e7, gradients: 5e7, total: 8.3e7, limit: 4e9 },
      time: { epochSec: 4, longestSec: 240, basis: 'run-1' },
    }),
    'train.follow': () => new EventQueue(),
    'jobs.start': () => ({ id: 7 }),
  };
}
