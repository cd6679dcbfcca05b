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
import { openWindowApi } from '../../support/window-api.ts';
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
      type Stored = { tensorsSha256: string; state: { outer: unknown; streams: unknown; progress: unknown } };
      const { tensorsSha256, state: last } = JSON.parse(await textOf(run, 'checkpoint-last.json')) as Stored;
      return { tensorsSha256, outer: last.outer, streams: last.streams, progress: last.progress };
    };
    expect(await state('killed')).toEqual(await state('few'));
  }, 120_000);

  it('evaluates as every other run does', async () => {
    const report = await runCliJson<{ n: number; war: number }>(['evaluate', '--project', dir, '--run', 'few']);
    expect(report.n).toBe(manifest.splits.test.length);
  }, 60_000);

  it('tells the window what to label next: videos without a moment, the most teaching first', async () => {
    using api = openWindowApi(dir);
    expect(await api.call('guesses.runs', {})).toContain('few');
    const queue = await api.call('guesses.queue', { run: 'few' });
    const { label, none } = manifest.supervision!;
    const hasMoment = new Map(fewLabelsVideos(PEOPLE).map((video) => [fewLabelsId(video.name), video.hasMoment]));
    const isNeutral = (id: string) => api.project.video(id).label === 'neutral';
    const open = [...label, ...none].filter((id) => !hasMoment.get(id) && !isNeutral(id));
    expect(queue.map(({ id }) => id).toSorted()).toEqual(open.toSorted());
    const worth = queue.map(({ entropy, disagreement }) => entropy + disagreement);
    expect(worth).toEqual(worth.toSorted((a, b) => b - a));
    expect(queue.every(({ confidence, id }) => (confidence === null) === label.includes(id))).toBe(true);
  });

  it('shows the window segments that the keyboard can turn into labels, and takes them back', async () => {
    using api = openWindowApi(dir);
    const [first] = await api.call('guesses.queue', { run: 'few' });
    const guesses = (await api.call('guesses.video', { run: 'few', videoId: first!.id }))!;
    expect(guesses.heat).toHaveLength(17);
    expect(Math.max(...guesses.heat.map(({ shade }) => shade))).toBe(1);
    const [segment] = guesses.segments;
    const { startSec, endSec, label } = segment!;
    expect(endSec - startSec).toBeGreaterThanOrEqual(4 / 25 - 1e-9);
    const said = { videoId: first!.id, label, moment: { startSec, endSec }, who: 'rater', key: 'guess-1' };
    await api.call('label.set', said);
    expect(api.project.video(first!.id)).toMatchObject({ label, moment: { startSec, endSec } });
    expect(await api.call('guesses.video', { run: 'few', videoId: first!.id })).toBeNull();
    expect((await api.call('guesses.queue', { run: 'few' })).map(({ id }) => id)).not.toContain(first!.id);
    await api.call('label.withdraw', { key: 'guess-1', who: 'rater' });
    expect(await api.call('guesses.video', { run: 'few', videoId: first!.id })).toEqual(guesses);
  });

  it('keeps what was rejected out of the guesses when the project is opened again, until that is taken back', async () => {
    const ask = async () => {
      using api = openWindowApi(dir);
      const [first] = await api.call('guesses.queue', { run: 'few' });
      return (await api.call('guesses.video', { run: 'few', videoId: first!.id }))!;
    };
    const before = await ask();
    const { label, startSec, endSec } = before.segments[0]!;
    const guesses = [{ run: 'few', label, moment: { startSec, endSec } }];
    const judge = async (rejected: boolean) => {
      using api = openWindowApi(dir);
      await api.call('label.judgeGuesses', { videoId: before.videoId, who: 'rater', rejected, guesses });
    };
    await judge(true);
    expect(await ask()).toMatchObject({ segments: before.segments.slice(1), hidden: 1, rejections: guesses });
    await judge(false);
    expect(await ask()).toEqual(before);
  });

  it('draws the curve of accuracy by moments, and guesses nothing of what it was told', async () => {
    using api = openWindowApi(dir);
    const { moment, label } = manifest.supervision!;
    const { points, momentsNow } = await api.call('guesses.curve', {});
    const counts = { moments: moment.length, labels: label.length };
    expect(points).toContainEqual({ run: 'few', method: 'sampled', ...counts, war: summary.valWar });
    expect(momentsNow).toBe(4);
    expect(await api.call('guesses.video', { run: 'few', videoId: moment[0]! })).toBeNull();
  });

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
