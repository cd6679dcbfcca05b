import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainSummary } from '../../../src-main/contract/api.ts';
import type { RunManifest, SamplingRecord } from '../../../src-main/contract/records.ts';
import { parseConfig } from '../../../src-main/data/config-resolution.ts';
import { openProject } from '../../../src-main/store/project.ts';
import { openRunFolder } from '../../../src-main/store/run-folder.ts';
import { runCli, runCliJson, startCli } from '../../support/cli.ts';
import {
  fewLabelsId,
  FEW_LABELS_CLASSES,
  fewLabelsVideos,
  makeFewLabelsProject,
  TINY_RUN,
} from '../../support/few-labels-project.ts';

const PEOPLE = 6;
const REJECTED = 'unlabelled-0';
const SEMI_WEAK = ['labels=semi-weak', 'semiWeak.momentShare=0.5', 'semiWeak.labelShare=0.7', ...TINY_RUN];

let folder: string;
let dir: string;
let summary: TrainSummary;
let manifest: RunManifest;
let sampling: SamplingRecord[];

const argsOf = (run: string, pairs: readonly string[], project = dir) => [
  ...['train', '--project', project, '--run', run, '--engine', 'wasm'],
  ...pairs.flatMap((pair) => ['--set', pair]),
];
const textOf = (run: string, name: string, project = dir) => readFile(path.join(project, 'runs', run, name), 'utf8');

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apexscope-few-'));
  dir = path.join(folder, 'project');
  await makeFewLabelsProject(dir, PEOPLE);
  using project = openProject(dir);
  const rejected = { videoId: fewLabelsId(REJECTED), label: null, rejected: true };
  project.setLabel({ ...rejected, who: 'rater', source: 'person' });
  summary = await runCliJson<TrainSummary>(argsOf('few', SEMI_WEAK));
  const run = await openRunFolder(project.runsDir, 'few');
  manifest = run.manifest;
  sampling = await run.readSampling();
  await run.close();
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('apexscope train --set labels=semi-weak', () => {
  it('takes unlabelled videos of the people it trains on, and none that was rejected or shows others', () => {
    const { splits } = manifest;
    const peopleOf = (ids: readonly string[]) =>
      fewLabelsVideos(PEOPLE).flatMap(({ name, person }) => (ids.includes(fewLabelsId(name)) ? [person] : []));
    const held = new Set(peopleOf([...splits.val, ...splits.test]));
    const trained = new Set(peopleOf(splits.train));
    expect([...trained].filter((person) => held.has(person))).toEqual([]);
    const wanted = [...trained].map((person) => `unlabelled-${person}`).filter((name) => name !== REJECTED);
    const unlabelled = fewLabelsVideos(PEOPLE).filter(({ label, name }) => {
      return label === null && splits.train.includes(fewLabelsId(name));
    });
    expect(unlabelled.map(({ name }) => name).toSorted()).toEqual(wanted.toSorted());
    expect(manifest.subjectDisjoint).toBe(true);
  });

  it('stores with the run what it was allowed to know, and says so', () => {
    const { moment, label, none } = manifest.supervision!;
    expect([...moment, ...label, ...none].toSorted()).toEqual(manifest.splits.train.toSorted());
    expect(Math.min(moment.length, label.length, none.length)).toBeGreaterThan(0);
    expect(summary.notes).toContainEqual(
      expect.stringMatching(new RegExp(`^Of the training videos ${moment.length} `)),
    );
  });

  it('leaves the labels of the project alone', () => {
    using project = openProject(dir);
    for (const { name, label, hasMoment } of fewLabelsVideos(PEOPLE)) {
      const { label: now, moment } = project.video(fewLabelsId(name));
      expect([now, moment !== null]).toEqual([label, hasMoment]);
    }
  });

  it('records the scores of every video that it guessed on, and what it took its segments for', () => {
    const { moment, label, none } = manifest.supervision!;
    const guessed = sampling.filter(({ pseudo }) => pseudo !== undefined);
    expect(guessed.length).toBeGreaterThan(0);
    for (const { videoId, scores, starts, pseudo } of guessed) {
      expect([...label, ...none]).toContain(videoId);
      expect(scores).toHaveLength(17);
      expect(pseudo).toHaveLength(starts.length);
    }
    for (const { videoId } of sampling.filter(({ pseudo }) => pseudo === undefined)) expect(moment).toContain(videoId);
    const truth = new Map(fewLabelsVideos(PEOPLE).map(({ name, label: name2 }) => [fewLabelsId(name), name2]));
    for (const { videoId, pseudo } of guessed.filter((record) => label.includes(record.videoId)))
      expect(pseudo!.map((guess) => FEW_LABELS_CLASSES[guess.label])).toEqual(pseudo!.map(() => truth.get(videoId)));
  });

  it('gives the same numbers after being killed and resumed', async () => {
    const args = [...argsOf('killed', SEMI_WEAK), '--resume'];
    const { child, result } = startCli(args);
    // Why: the first words come with the first step, so the process dies within the run.
    child.stderr!.once('data', () => setTimeout(() => child.kill('SIGKILL'), 200));
    await result;
    await runCliJson<TrainSummary>(args);
    expect(await textOf('killed', 'sampling.jsonl')).toBe(await textOf('few', 'sampling.jsonl'));
    const state = async (run: string) => {
      const stored = JSON.parse(await textOf(run, 'checkpoint-last.json')) as Record<string, unknown>;
      return { ...stored, records: null };
    };
    expect(await state('killed')).toEqual(await state('few'));
  }, 120_000);

  it('evaluates as every other run does', async () => {
    const report = await runCliJson<{ n: number; war: number }>(['evaluate', '--project', dir, '--run', 'few']);
    expect(report.n).toBe(manifest.splits.test.length);
  }, 60_000);

  it.each([
    ['pooling=max', /pooling: labels=semi-weak .* needs stochastic-softmax or average, found max/],
    ['balance=sampling', /balance=sampling: labels=semi-weak/],
    ['semiWeak.momentShare=2', /semiWeak.momentShare/],
    ['semiWeak.method=best', /semiWeak.method/],
  ])('is refused with %s', (pair, message) => {
    expect(() => parseConfig({}, [...SEMI_WEAK, pair])).toThrow(message);
  });

  it('says what is missing where no moment is left to learn from', async () => {
    const copy = path.join(folder, 'copy');
    await cp(dir, copy, { recursive: true });
    const pairs = [...SEMI_WEAK, 'semiWeak.momentShare=0', 'semiWeak.method=labelled-only'];
    const { code, stderr } = await runCli(argsOf('none', pairs, copy));
    expect(code).toBe(2);
    expect(stderr).toMatch(/no training video has a labelled moment.*\n?.*Label tab/s);
  }, 60_000);
});
