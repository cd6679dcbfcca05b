/** A project with one evaluated run, made of numbers alone: no video is decoded, no network trained. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EpochMetrics, RunManifest, SamplingRecord, VideoPrediction } from '../../src-main/contract/records.ts';
import { parseConfig } from '../../src-main/data/config-resolution.ts';
import { Rng } from '../../src-main/data/rng.ts';
import { evaluate } from '../../src-main/infer/evaluate.ts';
import { predictVideo } from '../../src-main/infer/predict-video.ts';
import { openProject } from '../../src-main/store/project.ts';
import type { NewVideo } from '../../src-main/store/project.ts';
import { createRunFolder } from '../../src-main/store/run-folder.ts';

export const CLASSES = ['anger', 'fear', 'neutral'];
const FRAMES = 75;
const MOMENT = { startSec: 1, endSec: 2 };

/** Logits [p][k] of 60 clips that show `shown` for a second and nothing elsewhere. */
export function logitsShowing(shown: number, from = 25): number[][] {
  return Array.from({ length: FRAMES - 15 }, (_, p) =>
    CLASSES.map((_name, k) => (k === shown && p + 8 >= from && p + 8 < from + 25 ? 4 : 0.1 * k)),
  );
}

export type TestVideo = { name: string; label: string; subject: string; shown: number; from?: number };

/** Six videos of three people; one is decided wrongly, and one is right for a moment that is not the labelled one. */
export const TEST_VIDEOS: readonly TestVideo[] = [
  { name: 'a1', label: 'anger', subject: 'p1', shown: 0 },
  { name: 'f1', label: 'fear', subject: 'p1', shown: 1 },
  { name: 'a2', label: 'anger', subject: 'p2', shown: 1 },
  { name: 'f2', label: 'fear', subject: 'p2', shown: 1, from: 45 },
  { name: 'n3', label: 'neutral', subject: 'p3', shown: 2 },
  { name: 'a3', label: 'anger', subject: 'p3', shown: 0 },
];

export function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}

export async function makeEvaluatedProject(dir: string, run = 'run-1'): Promise<void> {
  using project = openProject(dir, { create: true });
  project.addVideos(TEST_VIDEOS.map((video) => newVideo(dir, video)));
  const config = { ...parseConfig({}, ['epochs=3']), clipFrames: 16, cropSize: 48, scoreStride: 1 };
  const folder = await createRunFolder(project.runsDir, run, { config, manifest: manifestOf(run) });
  for (const epoch of [1, 2, 3]) await folder.appendMetrics(epochOf(epoch));
  await folder.appendSampling([1, 2, 3].flatMap((epoch) => ['a1', 'f1'].map((name) => drawOf(epoch, name))));
  await folder.writeFile('checkpoint-best.json', '{}');
  await folder.close();
  const predictions = TEST_VIDEOS.map(predictionOf);
  const judged = TEST_VIDEOS.map(({ label, subject }, i) => {
    return { prediction: predictions[i]!, truth: label, subject, moment: label === 'neutral' ? null : MOMENT };
  });
  const protocol = { ...PROTOCOL, split: 'test' as const, selectedOn: 'val' as const };
  const evaluation = evaluate(judged, { classes: CLASSES, protocol, rng: new Rng(1).fork('bootstrap') });
  await folder.writeFile('predictions-test.json', JSON.stringify(predictions));
  await folder.writeFile('evaluation-test.json', JSON.stringify(evaluation));
  project.recordRun(run, 'trained', null);
  await mkdir(path.join(dir, 'crops'), { recursive: true });
  await writeFile(path.join(folder.dir, 'report.html'), '<!doctype html>');
}

const PROTOCOL = { subjectDisjoint: true, seed: 1, dataFingerprint: 'f00d', engine: 'wasm' };

function newVideo(dir: string, { name, label, subject }: TestVideo): NewVideo {
  return {
    absolutePath: path.join(dir, '..', 'videos', `${name}.mp4`),
    ...{ kind: 'file', label, subject, performance: null, declaredSplit: null, attributes: {}, sizeBytes: 1 },
    moment: label === 'neutral' ? null : MOMENT,
    contentHash: createHash('sha256').update(name).digest('hex'),
    media: {
      ...{ kind: 'file', codec: 'h264', width: 64, height: 48, rotation: 0, durationSec: FRAMES / 25 },
      ...{ frameCount: FRAMES, averageFps: 25, variableFrameRate: false, startSec: 0 },
    },
    timesSec: Float64Array.from({ length: FRAMES }, (_, t) => t / 25),
    faces: 'auto',
  };
}

function manifestOf(name: string): RunManifest {
  const ids = TEST_VIDEOS.map((video) => idOf(video.name));
  return {
    ...{ name, createdAt: '2026-11-23T10:00:00Z', apexscopeVersion: '0.1.0', nodeVersion: '24.0.0', seed: 1 },
    engine: { name: 'wasm', device: 'A processor', why: 'test', threads: 1, features: {} },
    ...{ classes: CLASSES, dataFingerprint: 'f00d', subjectDisjoint: true, notes: [] },
    splits: { train: [idOf('a1'), idOf('f1')], val: [], test: ids },
  };
}

function epochOf(epoch: number): EpochMetrics {
  return {
    ...{ kind: 'epoch', epoch, phase: 'softmax', trainLoss: 2 / epoch, valLoss: 1 / epoch, valWar: epoch / 4 },
    ...{ valUar: epoch / 5, valRecall: [1, 0.5, 0], learningRate: 0.001, seconds: 2, best: true },
  };
}

function drawOf(epoch: number, name: string): SamplingRecord {
  return { epoch, videoId: idOf(name), starts: [epoch], scores: [] };
}

function predictionOf({ name, subject, shown, from }: TestVideo): VideoPrediction {
  const logits = logitsShowing(shown, from);
  return predictVideo(
    {
      ...{ id: idOf(name), path: `../videos/${name}.mp4`, label: null, subject, faceCoverage: 1, moment: null },
      ...{ runs: [{ start: 0, end: FRAMES }], durationSec: FRAMES / 25 },
      timesSec: Float64Array.from({ length: FRAMES }, (_, t) => t / 25),
    },
    { starts: logits.map((_, p) => p), logits },
    { classes: CLASSES, pooling: 'stochastic-softmax', gamma: 1, clipFrames: 16 },
  );
}
