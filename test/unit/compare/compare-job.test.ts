import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompareOptions, CompareSummary } from '../../../src-main/contract/compare.ts';
import type { JobContext } from '../../../src-main/contract/progress.ts';
import { openApp } from '../../../src-main/service/app.ts';
import { openProject } from '../../../src-main/store/project.ts';
import { runNames } from '../../../src-main/store/run-folder.ts';
import { runCli, startCli } from '../../support/cli.ts';
import { makeFewLabelsProject, TINY_RUN } from '../../support/few-labels-project.ts';

const api = openApp();
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'apexscope-compare-'));
});

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function freshProject(name: string): Promise<string> {
  const project = path.join(dir, name);
  await makeFewLabelsProject(project);
  return project;
}

/** Two systems and two seeds, 4 runs. */
const ASKED: Omit<CompareOptions, 'project'> = {
  ...{ models: ['small3d'], pooling: ['average', 'max'], gammas: [1], seeds: [1, 2], size: 'small', split: 'test' },
  ...{ run: 'c', set: [...TINY_RUN, 'epochs=2'], resume: false },
};

function compare(project: string, asked: Partial<CompareOptions> = {}, job: JobContext = {}): Promise<CompareSummary> {
  return api.compare({ ...ASKED, engine: 'wasm', project, ...asked }, job);
}

/** What does not depend on the clock or the folder. */
function numbers({ systems, refused, videos }: CompareSummary) {
  const reached = systems.flatMap(({ runs }) => runs.map(({ seconds: _seconds, ...figures }) => figures));
  return { reached, refused, videos };
}

describe('compare', () => {
  let project: string;
  let summary: CompareSummary;
  const told: { stage: string; done: number; total: number }[] = [];

  beforeAll(async () => {
    project = await freshProject('whole');
    const onProgress = (progress: (typeof told)[number]) => told.push(progress);
    summary = await compare(project, {}, { onProgress });
  });

  it('gives figures of every pair over all seeds', () => {
    expect(summary.systems.map(({ model, pooling, gamma }) => [model, pooling, gamma])).toEqual([
      ['small3d', 'average', null],
      ['small3d', 'max', null],
    ]);
    for (const { runs, war, epochsToBest } of summary.systems) {
      expect(runs.map(({ seed }) => seed)).toEqual([1, 2]);
      expect(war.mean).toBeCloseTo((runs[0]!.war + runs[1]!.war) / 2, 12);
      expect(war.deviation).toBeCloseTo(Math.abs(runs[0]!.war - runs[1]!.war) / Math.SQRT2, 12);
      expect(epochsToBest.mean).toBeGreaterThanOrEqual(1);
    }
  });

  it('leaves ordinary runs of the project, evaluated and with a report', async () => {
    const names = ['c-small3d-average-s1', 'c-small3d-average-s2', 'c-small3d-max-s1', 'c-small3d-max-s2'];
    using opened = openProject(project);
    expect(await runNames(opened.runsDir)).toEqual(names);
    expect(opened.listRuns().map(({ name, status }) => [name, status])).toEqual(
      expect.arrayContaining(names.map((name) => [name, 'trained'])),
    );
    for (const name of names) expect(existsSync(path.join(opened.runsDir, name, 'report.html'))).toBe(true);
  });

  it('gives the figures that evaluate gives', async () => {
    const run = summary.systems[0]!.runs[0]!;
    const evaluated = await api.evaluate({ project, run: run.run, split: 'test', engine: 'wasm' }, {});
    expect([run.war, run.uar]).toEqual([evaluated.war, evaluated.uar]);
    expect(summary.videos).toBe(evaluated.n);
  });

  it('writes the table as Markdown, CSV and a page', async () => {
    const [markdown, csv, page] = await Promise.all(Object.values(summary.files).map((file) => readFile(file, 'utf8')));
    expect(markdown!.split('\n')[2]).toMatch(/^\| small3d \| average \| – \| 2 \| \d/);
    expect(csv!.split('\n')).toHaveLength(4);
    expect(csv!.split('\n')[1]!.split(',').slice(0, 5)).toEqual(['small3d', 'average', '', '2', '2']);
    expect(page).toContain('href="../../runs/c-small3d-average-s1/report.html"');
  });

  it('tells how much of all networks is done, never going back', () => {
    expect(new Set(told.map(({ stage, total }) => `${stage} ${total}`))).toEqual(new Set(['compare, epochs 12']));
    const done = told.map((progress) => progress.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBe(12);
  });

  it('is kept: asked again without --resume it refuses, with it it answers the same', async () => {
    await expect(compare(project)).rejects.toMatchObject({
      code: 'bad-input',
      hint: expect.stringContaining('--resume'),
    });
    expect(numbers(await compare(project, { resume: true }))).toEqual(numbers(summary));
  });

  it('refuses other settings for runs that are there', async () => {
    const set = [...ASKED.set, 'batch=3'];
    await expect(compare(project, { resume: true, set })).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringContaining('batch is 4 in the run, 3 now'),
    });
  });

  it('can be widened by a seed, and keeps what was done', async () => {
    const wider = await compare(project, { resume: true, seeds: [1, 2, 3], pooling: ['average'] });
    expect(wider.systems[0]!.runs.slice(0, 2)).toEqual(summary.systems[0]!.runs);
    expect(wider.systems[0]!.runs).toHaveLength(3);
  });
});

describe('pairs that cannot be trained', () => {
  it('are marked with the reason, and the others are trained', async () => {
    const project = await freshProject('marked');
    const set = [...ASKED.set, 'frameNorm=false', 'modelWidth=0.02'];
    const summary = await compare(project, { models: ['c3d-lstm'], seeds: [1], set });
    expect(summary.systems.map(({ pooling }) => pooling)).toEqual(['max']);
    expect(summary.refused).toMatchObject([{ model: 'c3d-lstm', pooling: 'average' }]);
    expect(await readFile(summary.files.markdown, 'utf8')).toContain(
      '- c3d-lstm with average: c3d-lstm reads all clips',
    );
    expect(await readFile(summary.files.report, 'utf8')).toContain('reads all clips of a video in order');
  });

  it.each([
    [
      { models: ['c3d-lstm'], pooling: ['average', 'reinforce'] },
      'none of these systems can be trained: c3d-lstm reads',
    ],
    [{ set: ['model=c3d'] }, '--set model is not for a comparison: name networks with --models'],
    [{ set: ['initialWeights=x'] }, 'weights of one network do not fit the others'],
    [{ set: ['nonsense=1'] }, 'Unknown setting nonsense'],
    [{ set: ['modelWidth=0.5'] }, 'modelWidth: the size of small3d is fixed'],
    [{ set: [...TINY_RUN, 'precision=mixed'] }, 'expected precision mixed'],
  ] satisfies [Partial<CompareOptions>, string][])(
    '%j is refused before anything is written',
    async (asked, reason) => {
      const project = path.join(dir, 'refused');
      await makeFewLabelsProject(project);
      await expect(compare(project, asked)).rejects.toThrow(reason);
      expect(existsSync(path.join(project, 'comparisons'))).toBe(false);
      await rm(project, { recursive: true });
    },
  );
});

describe('a comparison that is cut off', () => {
  const KILLED = [
    '--models',
    'small3d',
    '--pooling',
    'average,max',
    '--seeds',
    '1,2',
    '--run',
    'c',
    '--engine',
    'wasm',
  ];

  it('goes on after a kill with the numbers of one that was not', async () => {
    const whole = await compare(await freshProject('uncut'));
    const project = await freshProject('killed');
    const set = ASKED.set.flatMap((pair) => ['--set', pair]);
    const given = ['compare', '--project', project, ...KILLED, ...set, '--json'];
    const { child, result } = startCli(given);
    const second = path.join(project, 'runs', 'c-small3d-max-s1', 'checkpoint-last.json');
    while (child.exitCode === null && !existsSync(second)) await new Promise((done) => setTimeout(done, 5));
    child.kill('SIGKILL');
    await result;
    expect(existsSync(path.join(project, 'runs', 'c-small3d-max-s2'))).toBe(false);
    const { code, stdout } = await runCli([...given, '--resume']);
    expect(code).toBe(0);
    const resumed = JSON.parse(stdout) as CompareSummary;
    expect(numbers(resumed)).toEqual(numbers(whole));
  });

  it('is paused by an abort, says so of the run, and goes on', async () => {
    const project = await freshProject('paused');
    const pause = new AbortController();
    const onProgress = ({ done }: { done: number }) => {
      if (done === 4) pause.abort();
    };
    const job = { signal: pause.signal, onProgress };
    await expect(compare(project, {}, job)).rejects.toMatchObject({ code: 'aborted' });
    using opened = openProject(project);
    expect(opened.listRuns().map(({ status }) => status)).toContain('paused');
    const summary = JSON.parse(
      await readFile(path.join(project, 'comparisons', 'c', 'summary.json'), 'utf8'),
    ) as CompareSummary;
    expect(summary.systems.map(({ runs }) => runs.length)).toEqual([1]);
    expect((await compare(project, { resume: true })).systems.map(({ runs }) => runs.length)).toEqual([2, 2]);
  });
});

describe('a run of a comparison that was evaluated before it was finished', () => {
  it('is evaluated anew', async () => {
    const project = await freshProject('early');
    const pause = new AbortController();
    const onProgress = ({ detail = '' }) => {
      if (detail.includes('epoch 2/2')) pause.abort();
    };
    await expect(compare(project, {}, { signal: pause.signal, onProgress })).rejects.toMatchObject({ code: 'aborted' });
    const run = 'c-small3d-average-s1';
    const early = await api.evaluate({ project, run, split: 'test', engine: 'wasm' }, {});
    expect(early.protocol.epochs).toMatchObject({ planned: 2, finished: false });
    await compare(project, { resume: true, pooling: ['average'], seeds: [1] });
    const stored = await readFile(path.join(project, 'runs', run, 'evaluation-test.json'), 'utf8');
    expect(JSON.parse(stored)).toMatchObject({ protocol: { epochs: { trained: 2, planned: 2, finished: true } } });
  });
});

describe('a run that is made under a name of a comparison while that works', () => {
  const [first, second] = ['c-small3d-average-s1', 'c-small3d-max-s1'];

  /** As `train` would leave it behind before its first step, with a setting of its own. */
  function makeSecond(project: string, change: Record<string, unknown>): void {
    const [from, to] = [first, second].map((name) => path.join(project, 'runs', name)) as [string, string];
    const copy = (file: string, changes: object) => {
      const stored = JSON.parse(readFileSync(path.join(from, file), 'utf8')) as object;
      writeFileSync(path.join(to, file), JSON.stringify({ ...stored, ...changes }));
    };
    mkdirSync(to);
    copy('config.json', { pooling: 'max', ...change });
    copy('manifest.json', { name: second });
  }

  function compareWhileMade(project: string, change: Record<string, unknown>) {
    const onProgress = ({ detail = '' }) => {
      if (detail === `${first}: done`) makeSecond(project, change);
    };
    return compare(project, { seeds: [1] }, { onProgress });
  }

  it('is refused with other settings, and left as it is', async () => {
    const project = await freshProject('meanwhile');
    await expect(compareWhileMade(project, { batch: 3 })).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringContaining(`--resume of ${second}: batch is 3 in the run, 4 now`),
    });
    using opened = openProject(project);
    expect(opened.listRuns().map(({ name }) => name)).toEqual([first]);
    expect(existsSync(path.join(project, 'runs', second, 'metrics.jsonl'))).toBe(false);
  });

  it('goes on with the same settings', async () => {
    const summary = await compareWhileMade(await freshProject('meanwhile-same'), {});
    expect(summary.systems.map(({ runs }) => runs.length)).toEqual([1, 1]);
  });
});

describe('a comparison whose project grew', () => {
  it('is refused, begun or finished, and leaves its runs as they were', async () => {
    const project = await freshProject('grown');
    const pause = new AbortController();
    const onProgress = ({ done }: { done: number }) => {
      if (done === 4) pause.abort();
    };
    const job = { signal: pause.signal, onProgress };
    await expect(compare(project, {}, job)).rejects.toMatchObject({ code: 'aborted' });
    using opened = openProject(project);
    const before = opened.listRuns();
    await makeFewLabelsProject(project, 9);
    const refusal = {
      code: 'bad-input',
      message: expect.stringContaining('The data changed since c-small3d-average-s1 began'),
      hint: expect.stringContaining('--run'),
    };
    await expect(compare(project, { resume: true })).rejects.toMatchObject(refusal);
    const finished = { resume: true, pooling: ['average'], seeds: [1] } satisfies Partial<CompareOptions>;
    await expect(compare(project, finished)).rejects.toMatchObject(refusal);
    expect(opened.listRuns()).toEqual(before);
  });
});

describe('the command', () => {
  it.each([
    [['--models', 'small3d,nothing'], '--models: Invalid option', 2],
    [['--pooling', 'median'], '--pooling: Invalid option', 2],
    [['--seeds', '1,x'], "got 'x'", 2],
    [['--seeds', '1.5'], '--seeds: Invalid input', 2],
    [['--size', 'tiny'], 'Allowed choices are full, small', 2],
  ])('%j is wrong usage', async (given, reason, exit) => {
    const { code, stderr } = await runCli(['compare', '--project', dir, ...given]);
    expect(stderr).toContain(reason);
    expect(code).toBe(exit);
  });
});
