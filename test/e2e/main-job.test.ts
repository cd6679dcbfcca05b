import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  EvaluateSummary,
  ImportSummary,
  PredictSummary,
  PrepareSummary,
  SampleSummary,
  TrainSummary,
} from '../../src-main/contract/api.ts';
import type { ComputeApi } from '../../src-main/contract/compute.ts';
import { connect } from '../../src-main/contract/rpc-client.ts';
import type { JobRequest } from '../../src-main/contract/window/jobs.ts';
import { Rng } from '../../src-main/data/rng.ts';
import type { Picture } from '../../src-main/face/picture.ts';
import { encodeVideo } from '../../src-main/media/encode.ts';
import { runCli, runCliJson, startCli } from '../support/cli.ts';
import { COMPUTE_PROCESS, startNodeChild } from '../support/node-child.ts';
import { CLOSE, FURTHER, NOBODY, panOver, readPhoto } from '../unit/face/photo-clip.ts';

const EPOCHS = 5;
const PATIENCE = EPOCHS + 1;
const SETTINGS = [`epochs=${EPOCHS}`, 'stochasticSoftmax.warmupEpochs=1', `patience=${PATIENCE}`].flatMap((pair) => [
  '--set',
  pair,
]);

let folder: string;
let project: string;
let imported: ImportSummary;
let prepared: PrepareSummary;
let trained: TrainSummary;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apexscope-e2e-'));
  project = path.join(folder, 'project');
  const sample = await runCliJson<SampleSummary>(['sample', path.join(folder, 'videos'), '--people', '3']);
  imported = await runCliJson<ImportSummary>(['import', sample.dir, '--project', project]);
  prepared = await runCliJson<PrepareSummary>(['prepare', '--project', project, '--crop-size', '96']);
  trained = await runCliJson<TrainSummary>(['train', '--project', project, '--run', 'straight', ...SETTINGS]);
}, 400_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

const fileOf = (run: string, name: string) => readFile(path.join(project, 'runs', run, name), 'utf8');

const metricsOf = async (run: string) => {
  const text = await readFile(path.join(project, 'runs', run, 'metrics.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => ({ ...(JSON.parse(line) as Record<string, unknown>), seconds: 0, waitShare: 0 }));
};

describe('the main job in a terminal', () => {
  it('imports the sample with its labels, people and moments', () => {
    expect(imported).toMatchObject({ layout: 'csv', imported: 21, subjects: 3, quarantined: [] });
    expect(Object.values(imported.perClass)).toEqual(Array(7).fill(3));
  });

  it('finds the drawn faces with the real detector', () => {
    expect(prepared).toMatchObject({ prepared: 21, quarantined: [], withoutFace: [] });
    expect(prepared.meanCoverage).toBeGreaterThan(0.9);
  });

  it('does not prepare twice what is ready, at the size that was asked for first', async () => {
    const again = await runCliJson<PrepareSummary>(['prepare', '--project', project]);
    expect(again).toMatchObject({ prepared: 0, alreadyPrepared: 21 });
  });

  it('stores the resolved settings and what made the run', async () => {
    expect(trained).toMatchObject({ run: 'straight', epochs: EPOCHS, resumedFromEpoch: null });
    const config = JSON.parse(await readFile(path.join(trained.folder, 'config.json'), 'utf8')) as object;
    expect(config).toMatchObject({ model: 'small3d', pooling: 'stochastic-softmax', epochs: EPOCHS, cropSize: 48 });
    const manifest = JSON.parse(await readFile(path.join(trained.folder, 'manifest.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({ seed: 1, subjectDisjoint: true, engine: { name: 'wasm' } });
  });

  it('evaluates with the contract of design.md and writes a report of one file', async () => {
    const result = await runCliJson<EvaluateSummary>(['evaluate', '--project', project, '--run', 'straight']);
    expect(Object.keys(result)).toEqual(
      expect.arrayContaining([
        'split',
        'n',
        'war',
        'uar',
        'perClass',
        'confusion',
        'labels',
        'localisation',
        'protocol',
      ]),
    );
    expect(result).toMatchObject({ split: 'test', n: 7, protocol: { subjectDisjoint: true, selectedOn: 'val' } });
    const correct = result.confusion.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
    expect(result.war).toBeCloseTo(correct / 7, 10);
    const report = await readFile(result.report, 'utf8');
    expect(report).toContain('<svg');
    expect(report).not.toMatch(/(src|href)="https?:/);
  });

  it('predicts videos from their files to the weight of each clip, one of the test set as evaluate does', async () => {
    const [known] = JSON.parse(await fileOf('straight', 'predictions-test.json')) as PredictSummary['videos'];
    const videos = [path.join(folder, 'videos', await firstVideo()), path.resolve(project, known!.path)];
    const args = ['predict', ...videos, '--project', project, '--run', 'straight'];
    const [prediction, again] = (await runCliJson<PredictSummary>(args)).videos;
    expect(prediction?.clips.reduce((sum, clip) => sum + clip.weight, 0)).toBeCloseTo(1, 4);
    expect(Object.values(prediction?.probabilities ?? {}).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    expect(Object.keys(prediction ?? {})).toEqual(
      expect.arrayContaining(['path', 'label', 'probabilities', 'durationSec', 'faceCoverage', 'clips']),
    );
    // The same numbers need crops of the same size.
    expect(again!.probabilities).toEqual(known!.probabilities);
    expect(again!.clips.map(({ weight }) => weight)).toEqual(known!.clips.map(({ weight }) => weight));
  });

  it('finds, crops and scores a real face, and says what it could not do for a picture without one', async () => {
    const photo = await readPhoto(6);
    const face = await photoVideo('-a real face.mp4', panOver(photo, { from: CLOSE, to: FURTHER }, 40));
    const nobody = await photoVideo('nobody.mp4', panOver(photo, { from: NOBODY, to: NOBODY }, 20));
    const gone = path.join(folder, 'gone.mp4');
    const single = await photoVideo('one frame.mp4', panOver(photo, { from: CLOSE, to: CLOSE }, 1));
    const args = ['predict', face, nobody, single, gone, '--project', project, '--run', 'straight'];
    const { videos, failed } = await runCliJson<PredictSummary>(args);
    expect(failed).toMatchObject([{ path: gone, code: 'not-found' }]);
    const [real, empty, still] = videos;
    expect(real?.faceCoverage).toBeGreaterThan(0.8);
    expect(real?.clips.length).toBeGreaterThan(10);
    expect(empty).toMatchObject({ label: null, clips: [], faceCoverage: 0 });
    expect(empty?.note).toMatch(/No face/);
    expect(still?.label).not.toBeNull();
    expect(still?.note).toMatch(/single frame/);
  });

  it('gives the same numbers after being killed at random moments and resumed', async () => {
    const rng = new Rng(Date.now() % 1000);
    const args = ['train', '--project', project, '--run', 'killed', '--resume', ...SETTINGS];
    for (let i = 0; i < 3; i++) {
      const { child, result } = startCli(args);
      const timer = setTimeout(() => child.kill('SIGKILL'), rng.range(1200, 3000));
      await result;
      clearTimeout(timer);
    }
    await runCliJson<TrainSummary>(args);
    expect(await metricsOf('killed')).toEqual(await metricsOf('straight'));
  });

  it('saves and ends with 130 on Ctrl-C, and continues to the same numbers', async () => {
    const args = ['train', '--project', project, '--run', 'interrupted', '--resume', ...SETTINGS];
    const { child, result } = startCli(args);
    child.stderr?.once('data', () => setTimeout(() => child.kill('SIGINT'), 300));
    expect((await result).code).toBe(130);
    await runCliJson<TrainSummary>(args);
    expect(await metricsOf('interrupted')).toEqual(await metricsOf('straight'));
  });

  it('gives the window the same numbers, from the first step to the last prediction', async () => {
    const child = startNodeChild(COMPUTE_PROCESS);
    const compute = connect<ComputeApi>(child.port);
    const outcomeOf = async (request: JobRequest) => {
      for await (const event of compute.open('compute.run', { request, project }))
        if (event.kind === 'outcome') return event.outcome;
      throw new Error(`${request.kind} ended without an outcome`);
    };
    try {
      const config = { epochs: EPOCHS, stochasticSoftmax: { warmupEpochs: 1 }, patience: PATIENCE };
      const run = { run: 'window', engine: 'auto' } as const;
      await outcomeOf({ kind: 'train', ...run, config, set: [], resume: false });
      await outcomeOf({ kind: 'evaluate', ...run, split: 'test' });
    } finally {
      child.kill();
    }
    expect(await metricsOf('window')).toEqual(await metricsOf('straight'));
    expect(await fileOf('window', 'predictions-test.json')).toBe(await fileOf('straight', 'predictions-test.json'));
    expect(await fileOf('window', 'evaluation-test.json')).toBe(await fileOf('straight', 'evaluation-test.json'));
  });

  it('refuses to overwrite a run that exists', async () => {
    const { code, stderr } = await runCli(['train', '--project', project, '--run', 'straight', ...SETTINGS]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/straight/);
    expect(stderr).toMatch(/--resume/);
  });
});

async function photoVideo(name: string, pictures: Picture[]): Promise<string> {
  const file = path.join(folder, name);
  const { width, height } = pictures[0]!;
  const frames = pictures.map(({ rgb }) => rgb);
  await encodeVideo(file, { width, height, fps: 25, codec: 'h264' }, frames);
  return file;
}

async function firstVideo(): Promise<string> {
  const csv = await readFile(path.join(folder, 'videos', 'labels.csv'), 'utf8');
  return csv.split('\n')[1]?.split(',')[0] ?? '';
}
