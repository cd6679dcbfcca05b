/**
 * Learning from few labelled moments on a prepared project: sampled pseudo-labels against the best ones alone, the
 * labelled moments alone and all labels, several seeds each, on the test split. Moments are kept on a tenth of the
 * training videos; the rest keeps its labels, or a third of it loses them too. Runs are independent processes with one
 * thread each; finished ones are kept, so that the grid can be stopped and continued.
 *
 *   node bench/semi-weak.ts --project <dir> [--seeds 3] [--at-once 1] [--set key=value]... [--out file.json]
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inTurns, mean, percent, trainedOutcome, type Outcome } from './trained-runs.ts';

type Method = 'sampled' | 'arg-max' | 'labelled-only' | 'all-labels';
type Cell = { method: Method; labelShare: number };
type Row = Cell & { outcomes: Outcome[] };

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

function outcomeOf(project: string, { method, labelShare }: Cell, seed: number, more: string[]): Promise<Outcome> {
  const shares = [`semiWeak.momentShare=${MOMENT_SHARE}`, `semiWeak.labelShare=${labelShare}`];
  const own = ['labels=semi-weak', `semiWeak.method=${method}`, ...shares, `seed=${seed}`, ...more];
  return trainedOutcome(project, `semi-weak-${method}-l${labelShare}-s${seed}`, own);
}

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
  await inTurns(jobs, Number(values['at-once']), async ({ row, seed }) => {
    const outcome = await outcomeOf(project, row, seed, values.set);
    row.outcomes.push(outcome);
    process.stderr.write(`${row.method} ${row.labelShare} seed ${seed}: ${JSON.stringify(outcome)}\n`);
  });
  process.stdout.write(`${table(rows)}\n`);
  if (values.out) await writeFile(values.out, `${JSON.stringify({ date: new Date().toISOString(), rows }, null, 2)}\n`);
}

await main();
