import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packPathOf } from '../../../src-main/compute/prepare-video.ts';
import { writeReport } from '../../../src-main/compute/run-report.ts';
import type { TrainedRun } from '../../../src-main/compute/trained-run.ts';
import type { ClipPrediction, RunManifest } from '../../../src-main/contract/records.ts';
import { parseConfig } from '../../../src-main/data/config-resolution.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { evaluate } from '../../../src-main/infer/evaluate.ts';
import { openProject } from '../../../src-main/store/project.ts';
import { createRunFolder } from '../../../src-main/store/run-folder.ts';
import { makePreparedProject, PREPARED_CLASSES } from '../../support/prepared-project.ts';
import { examplePrediction, secondsWithWeights } from '../infer/example-video.ts';

/** Videos that are recognised and therefore not all shown. */
const PEOPLE = 30;
const NOT_SHOWN = 10;

let dir: string;
let html: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'report-'));
  await makePreparedProject(dir, PEOPLE);
  html = await reportOf(dir);
}, 120_000);
afterAll(() => rm(dir, { recursive: true, force: true }));

async function reportOf(projectDir: string): Promise<string> {
  using project = openProject(projectDir);
  const videos = project.listVideos();
  const byPath = videos.toSorted((a, b) => a.path.localeCompare(b.path));
  for (const { id } of byPath.slice(-NOT_SHOWN)) await rm(packPathOf(project.cropsDir, id));
  const [bright, dark] = PREPARED_CLASSES.map((name) => byPath.find(({ label }) => label === name)!);
  const manifest = manifestOf([bright!.id, dark!.id]);
  const config = { ...parseConfig({}, []), clipFrames: 4, cropSize: 32, scoreStride: 1 };
  const folder = await createRunFolder(project.runsDir, 'r', { config, manifest });
  await folder.appendSampling([
    { epoch: 1, videoId: bright!.id, starts: [2], scores: [0, 0, 0, 0, 0, 0, 0, 0, 0] },
    { epoch: 1, videoId: dark!.id, starts: [2], scores: [0, 1, 2] },
  ]);
  await folder.close();
  await appendFile(path.join(folder.dir, 'sampling.jsonl'), '{"epoch":1,"videoId":"another one", and not read}\n');
  const predictions = videos.map(({ id, path: stored, label }) =>
    examplePrediction({
      ...{ videoId: id, path: stored, label, clips: clipsOf(label!) },
      probabilities: { [label!]: 1 },
    }),
  );
  const judged = predictions.map((prediction, i) => ({
    prediction,
    truth: videos[i]!.label!,
    subject: null,
    moment: null,
  }));
  const protocol = {
    split: 'test',
    subjectDisjoint: true,
    selectedOn: 'val',
    seed: 1,
    dataFingerprint: 'f',
    engine: 'wasm',
  } as const;
  const evaluation = evaluate(judged, { classes: PREPARED_CLASSES, protocol, rng: new Rng(1) });
  const trained = { folder, config, manifest } as TrainedRun;
  return readFile(await writeReport(project, trained, { evaluation, predictions, videos }), 'utf8');
}

function clipsOf(label: string): ClipPrediction[] {
  const logits = PREPARED_CLASSES.map((name) => (name === label ? 5 : 0));
  return secondsWithWeights([0.7, 0.3]).map((clip) => ({ ...clip, logits }));
}

function manifestOf(train: string[]): RunManifest {
  return {
    ...{ name: 'r', createdAt: '2026-11-20T10:00:00Z', apexscopeVersion: '0.1.0', nodeVersion: 'v24', seed: 1 },
    engine: { name: 'wasm', device: '', why: '', threads: 1, features: {} },
    ...{ classes: PREPARED_CLASSES, dataFingerprint: 'f', subjectDisjoint: true, notes: [] },
    splits: { train, val: [], test: [] },
  };
}

test('only the packs of videos that are shown are opened', () => {
  expect(html).toContain(`${2 * PEOPLE - NOT_SHOWN} of ${2 * PEOPLE} videos are shown`);
  expect(html.match(/<details class="video/g)).toHaveLength(2 * PEOPLE - NOT_SHOWN);
  expect(html.match(/data:image\/jpeg/g)!.length).toBeGreaterThan(0);
});

test('of what was drawn only the lines of a few videos are read', () => {
  expect(html).toContain('Effective clips: 9 at first');
});

test('scores of other clips than those of today are not drawn as if all were alike, and that is said', () => {
  expect(html.match(/class="heatmap"/g)).toHaveLength(2);
  expect(html.match(/Not drawn: its faces were prepared anew/g)).toHaveLength(1);
});
