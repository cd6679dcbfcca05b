import { trainConfigSchema } from '../../../src-main/contract/config.ts';
import type { EpochMetrics, EvaluationReport } from '../../../src-main/contract/records.ts';
import type { ReportData, ReportVideo } from '../../../src-main/report/report-data.ts';

export const CLASSES = ['anger', 'fear', 'sadness'];

const PHASES = ['warm-up', 'exploration', 'softmax'];

/** A video of 4 seconds with 4 clips; its second clip alone shows fear, which maximum pooling believes. */
export function exampleVideo(videoId: string, truth: string, changes: Partial<ReportVideo> = {}): ReportVideo {
  return {
    prediction: {
      videoId,
      path: `people/${videoId}.mp4`,
      label: 'anger',
      probabilities: { anger: 0.62, fear: 0.3, sadness: 0.08 },
      durationSec: 4,
      faceCoverage: 1,
      clips: [0.1, 0.7, 0.15, 0.05].map((weight, p) => ({
        startFrame: 25 * p,
        startSec: p,
        endSec: p + 1,
        weight,
        logits: p === 1 ? [1, 3.5, 0] : [1, -3, 0],
      })),
      heaviest: { startSec: 1, endSec: 2, weight: 0.7 },
    },
    truth,
    subject: 'p1',
    moment: { startSec: 0.5, endSec: 2.25 },
    heaviest: { startSec: 1, endSec: 2 },
    contradiction: null,
    thumbnails: [{ timeSec: 1, jpeg: Uint8Array.of(0xff, 0xd8, 0xff, 0xd9) }],
    ...changes,
  };
}

const evaluation: EvaluationReport = {
  split: 'test',
  n: 4,
  war: 0.5,
  uar: 0.58333,
  warInterval: { low: 0.213, high: 0.787 },
  uarInterval: { low: 0.251, high: 0.849 },
  perClass: {
    anger: { recall: 0.5, precision: 0.5, f1: 0.5, n: 2 },
    fear: { recall: 0, precision: 0, f1: 0, n: 1 },
    sadness: { recall: 0, precision: 0, f1: 0, n: 1 },
  },
  confusion: [
    [1, 1, 0],
    [1, 0, 0],
    [0, 0, 0],
  ],
  classes: CLASSES,
  labels: CLASSES,
  localisation: { pointing: 0.75, mass: 0.671, uniform: 0.31, n: 4 },
  unscored: [{ path: 'people/dark.mp4', reason: 'No face was found.' }],
  meanFaceCoverage: 0.93,
  protocol: {
    split: 'test',
    subjectDisjoint: true,
    selectedOn: 'val',
    n: 4,
    subjects: 2,
    seed: 7,
    dataFingerprint: 'cafe0123456789ab',
    engine: 'wasm',
  },
};

function epoch(number: number): EpochMetrics {
  return {
    kind: 'epoch',
    epoch: number,
    phase: PHASES[Math.floor((number - 1) / 2)]!,
    trainLoss: 2 / number,
    valLoss: 2.2 / number,
    valWar: 0.1 * number,
    valUar: 0.09 * number,
    learningRate: 1e-3,
    seconds: 1,
    best: number <= 5,
  };
}

/** Small but complete: a right, a wrong, a contradicting and an unscored video. */
export function exampleReport(changes: Partial<ReportData> = {}): ReportData {
  const dark = exampleVideo('dark', 'sadness');
  return {
    project: 'demo',
    run: {
      name: 'first run',
      createdAt: '2026-11-23T10:00:00Z',
      apexscopeVersion: '0.1.0',
      nodeVersion: 'v24',
      engine: { name: 'wasm', device: '2 cores', why: 'no GPU', threads: 2, features: {} },
      seed: 7,
      classes: CLASSES,
      dataFingerprint: 'cafe0123456789ab',
      subjectDisjoint: true,
      notes: ['Two people are known.'],
      splits: { train: [], val: [], test: [] },
    },
    config: { ...trainConfigSchema.parse({}), clipFrames: 16, cropSize: 64, scoreStride: 2 },
    evaluation: structuredClone(evaluation),
    epochs: [1, 2, 3, 4, 5, 6].map(epoch),
    sampling: [
      {
        path: 'people/seen.mp4',
        label: 'fear',
        moment: { startSec: 0.5, endSec: 1 },
        positions: [0, 1, 2, 3].map((p) => ({ startFrame: p, centreSec: p / 2 })),
        records: [
          { epoch: 2, videoId: 's', starts: [1], scores: [0, Math.log(3), 0, 0] },
          { epoch: 1, videoId: 's', starts: [3], scores: [0, 0, 0, 0] },
        ],
      },
    ],
    gammaCurve: [
      { gamma: 0, war: 0.25, uar: 0.3 },
      { gamma: 1, war: 0.5, uar: 0.58 },
      { gamma: Infinity, war: 0.45, uar: 0.5 },
    ],
    videos: [
      exampleVideo('right', 'anger'),
      exampleVideo('wrong', 'fear', {
        contradiction: { shows: 'fear', reason: 'other-expression', severity: 0.8 },
      }),
      exampleVideo('outside', 'anger', {
        contradiction: { shows: 'anger', reason: 'outside-moment', severity: 0.4 },
      }),
      {
        ...dark,
        prediction: { ...dark.prediction, label: null, probabilities: {}, clips: [], note: 'No face was found.' },
        heaviest: null,
        thumbnails: [],
      },
    ],
    ...changes,
  };
}
