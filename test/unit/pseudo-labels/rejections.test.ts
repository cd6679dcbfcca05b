/** Guesses that people rejected, from the journal of the project to what a run is taught. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobContext } from '../../../src-main/contract/progress.ts';
import { openApp } from '../../../src-main/service/app.ts';
import { openProject } from '../../../src-main/store/project.ts';
import { openRunFolder } from '../../../src-main/store/run-folder.ts';
import {
  fewLabelsId,
  FEW_LABELS_CLASSES,
  fewLabelsVideos,
  makeFewLabelsProject,
  TINY_RUN,
} from '../../support/few-labels-project.ts';

const PEOPLE = 6;
const SET = ['labels=semi-weak', 'semiWeak.momentShare=0.5', 'semiWeak.labelShare=0.7', ...TINY_RUN];
/** Clips of 4 frames at 25 a second: the centre of one that starts at frame 9 is at 0.4 s. */
const REJECTED = { startSec: 0, endSec: 0.4 };
const FIRST_OPEN_START = 10;

const api = openApp();
let folder: string;
let project: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apexscope-rejections-'));
  project = path.join(folder, 'project');
  await makeFewLabelsProject(project, PEOPLE);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Somebody rejects that the first 0.4 s of any video show any class, or takes that back. */
function judgeAll(rejected: boolean): void {
  using opened = openProject(project);
  const guesses = FEW_LABELS_CLASSES.map((label) => ({ run: 'earlier', label, moment: REJECTED }));
  for (const { name } of fewLabelsVideos(PEOPLE))
    opened.guesses.add({ videoId: fewLabelsId(name), who: 'rater', rejected, guesses });
}

function train(run: string, pairs: readonly string[], job: JobContext = {}) {
  const resume = { engine: 'wasm', resume: true, config: null } as const;
  return api.train({ ...resume, project, run, set: [...SET, ...pairs] }, job);
}

async function runOf(run: string) {
  const opened = await openRunFolder(path.join(project, 'runs'), run);
  const sampling = await opened.readSampling();
  await opened.close();
  return { manifest: opened.manifest, pseudo: sampling.filter(({ pseudo }) => pseudo !== undefined) };
}

const textOf = (run: string) => readFile(path.join(project, 'runs', run, 'sampling.jsonl'), 'utf8');

describe('a run with few labels', () => {
  it('draws from the beginning of videos where nobody rejected that', async () => {
    await train('plain', []);
    const { manifest, pseudo } = await runOf('plain');
    expect(manifest).not.toHaveProperty('rejectedGuesses');
    expect(pseudo.flatMap(({ starts }) => starts).some((start) => start < FIRST_OPEN_START)).toBe(true);
  });

  it.each(['sampled', 'arg-max'])('is not taught what was rejected before it began: %s', async (method) => {
    judgeAll(true);
    await train(method, [`semiWeak.method=${method}`]);
    const { manifest, pseudo } = await runOf(method);
    const { label, none } = manifest.supervision!;
    expect(manifest.rejectedGuesses).toHaveLength(FEW_LABELS_CLASSES.length * (label.length + none.length));
    expect(pseudo.length).toBeGreaterThan(0);
    for (const { starts } of pseudo) expect(Math.min(...starts)).toBeGreaterThanOrEqual(FIRST_OPEN_START);
  });

  it('goes on with the rejections that it began with', async () => {
    judgeAll(true);
    await train('whole', []);
    const pause = new AbortController();
    const onProgress = ({ stage, done }: { stage: string; done: number }) => {
      if (stage === 'train' && done === 2) pause.abort();
    };
    const paused = train('paused', [], { signal: pause.signal, onProgress });
    await expect(paused).rejects.toMatchObject({ code: 'aborted' });
    judgeAll(false);
    await train('paused', []);
    expect(await textOf('paused')).toBe(await textOf('whole'));
  });
});
