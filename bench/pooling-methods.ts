/**
 * Every pooling method of algorithms.md section 1 on a prepared project, several seeds each: accuracy, epochs to the
 * best one, and localisation on the test split. Runs are independent processes with one thread each, as many at once as
 * there are cores; finished ones are kept, so that the grid can be stopped and continued.
 *
 *   node bench/pooling-methods.ts --project <dir> [--seeds 3] [--only average,max] [--gammas 0.5,1]
 *     [--set key=value]... [--out file.json]
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

type Cell = { pooling: string; gamma: number };
type Outcome = {
  war: number;
  uar: number;
  bestEpoch: number;
  seconds: number;
  pointing: number;
  mass: number;
  uniform: number;
};

const CLI = fileURLToPath(new URL('../src-main/cli/main.ts', import.meta.url));
const GAMMAS = [0, 0.5, 1, 10];

/** γ does not enter these methods. */
const WITHOUT_GAMMA = ['average', 'max', 'joint-softmax'];
const WITH_GAMMA = ['stochastic-softmax', 'weighted-uniform', 'reinforce', 'softmax'];

/** At γ = 0 these are the uniform baseline, number for number (a test holds that), so it is trained once. */
const UNIFORM_AT_ZERO = ['stochastic-softmax', 'weighted-uniform', 'reinforce'];

function cells(): Cell[] {
  const plain = WITHOUT_GAMMA.map((pooling) => ({ pooling, gamma: pooling === 'average' ? 0 : 1 }));
  const tempered = WITH_GAMMA.flatMap((pooling) =>
    GAMMAS.filter((gamma) => gamma > 0 || !UNIFORM_AT_ZERO.includes(pooling)).map((gamma) => ({ pooling, gamma })),
  );
  return [...plain, ...tempered];
}

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

async function outcome(project: string, cell: Cell, seed: number, settings: string[]): Promise<Outcome> {
  const run = `grid-${cell.pooling}-g${cell.gamma}-s${seed}`;
  const file = path.join(project, 'runs', run, 'grid-outcome.json');
  const kept = await readFile(file, 'utf8').catch(() => null);
  if (kept !== null) return JSON.parse(kept) as Outcome;
  const pairs = [`pooling=${cell.pooling}`, `gamma=${cell.gamma}`, `seed=${seed}`, 'threads=1', ...settings];
  const where = ['--project', project, '--run', run, '--engine', 'wasm'];
  const trained = (await apexscope(['train', ...where, '--resume', ...pairs.flatMap((p) => ['--set', p])])) as {
    bestEpoch: number;
    seconds: number;
  };
  const scored = (await apexscope(['evaluate', ...where])) as {
    war: number;
    uar: number;
    localisation?: { pointing: number; mass: number; uniform: number };
  };
  const l = scored.localisation ?? { pointing: NaN, mass: NaN, uniform: NaN };
  const { war, uar } = scored;
  const { bestEpoch, seconds } = trained;
  const result = { war, uar, bestEpoch, seconds, pointing: l.pointing, mass: l.mass, uniform: l.uniform };
  await writeFile(file, JSON.stringify(result));
  return result;
}

const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
const deviation = (values: number[]) =>
  Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)) * (values.length / Math.max(1, values.length - 1)));
const percent = (values: number[]) => `${(100 * mean(values)).toFixed(1)} ± ${(100 * deviation(values)).toFixed(1)}`;

function table(rows: { cell: Cell; outcomes: Outcome[] }[]): string {
  const head = '| method | γ | WAR | UAR | epochs to best | pointing | mass | uniform | s per run |';
  const lines = rows.map(({ cell, outcomes }) => {
    const of = (key: keyof Outcome) => outcomes.map((o) => o[key]);
    const gamma = WITHOUT_GAMMA.includes(cell.pooling) ? '–' : String(cell.gamma);
    const figures = [percent(of('war')), percent(of('uar')), mean(of('bestEpoch')).toFixed(1)];
    const moments = [percent(of('pointing')), percent(of('mass')), (100 * mean(of('uniform'))).toFixed(1)];
    return `| ${[cell.pooling, gamma, ...figures, ...moments, mean(of('seconds')).toFixed(0)].join(' | ')} |`;
  });
  return [head, '|---|---|---|---|---|---|---|---|---|', ...lines].join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      project: { type: 'string' },
      seeds: { type: 'string', default: '3' },
      only: { type: 'string' },
      gammas: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
    },
  });
  if (!values.project) throw new Error('--project <dir> is missing: a project that `apexscope prepare` has finished.');
  const project = path.resolve(values.project);
  const isChosen = (list: string | undefined, name: string) => !list || list.split(',').includes(name);
  const chosen = cells().filter(
    ({ pooling, gamma }) =>
      isChosen(values.only, pooling) && (WITHOUT_GAMMA.includes(pooling) || isChosen(values.gammas, String(gamma))),
  );
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
  const jobs = seeds.flatMap((seed) => chosen.map((cell) => ({ cell, seed })));
  const results = new Map<Cell, Outcome[]>(chosen.map((cell) => [cell, []]));
  const worker = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const result = await outcome(project, job.cell, job.seed, values.set);
      results.get(job.cell)?.push(result);
      process.stderr.write(`${job.cell.pooling} γ=${job.cell.gamma} seed ${job.seed}: ${JSON.stringify(result)}\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  const rows = chosen.map((cell) => ({ cell, outcomes: results.get(cell) ?? [] }));
  process.stdout.write(`${table(rows)}\n`);
  if (values.out) await writeFile(values.out, `${JSON.stringify({ date: new Date().toISOString(), rows }, null, 2)}\n`);
}

await main();
