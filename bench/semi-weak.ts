/**
 * Learning from few labelled moments on a prepared project: sampled pseudo-labels against the best ones alone, the
 * labelled moments alone and all labels, several seeds each, on the test split. Moments are kept on a tenth of the
 * training videos; the rest keeps its labels, or a third of it loses them too. Runs are independent processes with one
 * thread each; finished ones are kept, so that the grid can be stopped and continued.
 *
 *   node bench/semi-weak.ts --project <dir> [--seeds 3] [--at-once 1] [--set key=value]... [--out file.json]
 */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

type Method = 'sampled' | 'arg-max' | 'labelled-only' | 'all-labels';
type Cell = { method: Method; labelShare: number };
/** `peakWar`: the highest accuracy on validation of any epoch; the network is that of the lowest loss. */
type Outcome = {
  war: number;
  uar: number;
  pointing: number;
  bestEpoch: number;
  valLoss: number;
  peakWar: number;
  seconds: number;
};
type Row = Cell & { outcomes: Outcome[] };

const CLI = fileURLToPath(new URL('../src-main/cli/main.ts', import.meta.url));
const MOMENT_SHARE = 0.1;
const TWO_THIRDS = 0.667;

/** Labels of other videos do not enter `labelled-only`, and `all-labels` hides none: one run serves both settings. */
const CELLS: readonly Cell[] = [
  { method: 'labelled-only', labelShare: 1 },
  { method: 'sampled', labelShare: 1 },
  { method: 'arg-max', labelShare: 1 },
  { method: 'sampled', labelShare: TWO_THIRDS },
  { method: 'arg-max', labelShare: TWO_THIRDS },
  { method: 'all-labels', labelShare: 1 },
];

function apexscope(args: string[]): Promise<unknown> {
  const child = spawn(process.execPath, [CLI, ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`apexscope ${args.join(' ')} ended with ${code}:\n${errors.slice(-2000)}`));
    });
  });
}

async function peakWarOf(project: string, run: string): Promise<number> {
  const lines = (await readFile(path.join(project, 'runs', run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  const records = lines.map((line) => JSON.parse(line) as { kind: string; valWar?: number });
  return Math.max(...records.map(({ valWar }) => valWar ?? 0));
}

async function outcomeOf(project: string, { method, labelShare }: Cell, seed: number, more: string[]) {
  const run = `semi-weak-${method}-l${labelShare}-s${seed}`;
  const file = path.join(project, 'runs', run, 'bench-outcome.json');
  const kept = await readFile(file, 'utf8').catch(() => null);
  if (kept !== null) return { ...(JSON.parse(kept) as Outcome), peakWar: await peakWarOf(project, run) };
  const shares = [`semiWeak.momentShare=${MOMENT_SHARE}`, `semiWeak.labelShare=${labelShare}`];
  const own = ['labels=semi-weak', `semiWeak.method=${method}`, ...shares, `seed=${seed}`, 'threads=1', ...more];
  const where = ['--project', project, '--run', run, '--engine', 'wasm'];
  const trained = (await apexscope([
    'train',
    ...where,
    '--resume',
    ...own.flatMap((pair) => ['--set', pair]),
  ])) as Outcome;
  const scored = (await apexscope(['evaluate', ...where])) as Outcome & { localisation: { pointing: number } };
  const { bestEpoch, valLoss, seconds } = trained;
  const { war, uar, localisation } = scored;
  const peakWar = await peakWarOf(project, run);
  const outcome: Outcome = { war, uar, pointing: localisation.pointing, bestEpoch, valLoss, peakWar, seconds };
  await writeFile(file, JSON.stringify(outcome));
  return outcome;
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / Math.max(1, values.length - 1));
const percent = (values: number[]) => `${(100 * mean(values)).toFixed(1)} ± ${(100 * deviation(values)).toFixed(1)}`;

function table(rows: readonly Row[]): string {
  const head =
    '| training labels | labels kept | WAR | UAR | pointing | val loss | peak val WAR | epochs to best | s per run | seeds |';
  const lines = rows.map(({ method, labelShare, outcomes }) => {
    const of = (key: keyof Outcome) => outcomes.map((outcome) => outcome[key]);
    const figures = [
      percent(of('war')),
      percent(of('uar')),
      percent(of('pointing')),
      mean(of('valLoss')).toFixed(2),
      percent(of('peakWar')),
    ];
    const effort = [mean(of('bestEpoch')).toFixed(0), mean(of('seconds')).toFixed(0), outcomes.length];
    const kept = method === 'labelled-only' ? '–' : `${(100 * labelShare).toFixed(0)} %`;
    return `| ${[method, kept, ...figures, ...effort].join(' | ')} |`;
  });
  return [head, '|---|---|---|---|---|---|---|---|---|---|', ...lines].join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      project: { type: 'string' },
      seeds: { type: 'string', default: '3' },
      'at-once': { type: 'string', default: '1' },
      set: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
    },
  });
  if (!values.project) throw new Error('--project <dir> is missing: a project that `apexscope prepare` has finished.');
  const project = path.resolve(values.project);
  const rows: Row[] = CELLS.map((cell) => ({ ...cell, outcomes: [] }));
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
  const jobs = seeds.flatMap((seed) => rows.map((row) => ({ row, seed })));
  const work = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const { row, seed } = job;
      const outcome = await outcomeOf(project, row, seed, values.set);
      row.outcomes.push(outcome);
      process.stderr.write(`${row.method} ${row.labelShare} seed ${seed}: ${JSON.stringify(outcome)}\n`);
    }
  };
  await Promise.all(Array.from({ length: Number(values['at-once']) }, work));
  process.stdout.write(`${table(rows)}\n`);
  if (values.out) await writeFile(values.out, `${JSON.stringify({ date: new Date().toISOString(), rows }, null, 2)}\n`);
}

await main();
