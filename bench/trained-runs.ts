/** Runs of the command line as processes of their own, and what is said of several seeds: for benches that train. */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../src-main/cli/main.ts', import.meta.url));

/** `peakWar`: the highest accuracy on validation of any epoch; the network is that of the lowest loss. */
export type Outcome = {
  war: number;
  uar: number;
  pointing: number;
  mass: number;
  uniform: number;
  bestEpoch: number;
  valLoss: number;
  peakWar: number;
  peakWarEpoch: number;
  seconds: number;
};

type Trained = Pick<Outcome, 'bestEpoch' | 'valLoss' | 'seconds'>;
type Scored = Pick<Outcome, 'war' | 'uar'> & { localisation: Pick<Outcome, 'pointing' | 'mass' | 'uniform'> };

/** What a command prints with `--json`. Throws with the end of its complaints. */
export function apexscope(args: readonly string[]): Promise<unknown> {
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

/** Trains one run on one thread and evaluates it on the test split; a finished one is read, not repeated. */
export async function trainedOutcome(project: string, run: string, settings: readonly string[]): Promise<Outcome> {
  const file = path.join(project, 'runs', run, 'bench-outcome.json');
  const kept = await readFile(file, 'utf8').catch(() => null);
  if (kept !== null) return JSON.parse(kept) as Outcome;
  const where = ['--project', project, '--run', run, '--engine', 'wasm'];
  const set = [...settings, 'threads=1'].flatMap((pair) => ['--set', pair]);
  const { bestEpoch, valLoss, seconds } = (await apexscope(['train', ...where, '--resume', ...set])) as Trained;
  const { war, uar, localisation } = (await apexscope(['evaluate', ...where])) as Scored;
  const { pointing, mass, uniform } = localisation;
  const own = { war, uar, pointing, mass, uniform, bestEpoch, valLoss, seconds };
  const outcome: Outcome = { ...own, ...(await peakOf(project, run)) };
  await writeFile(file, JSON.stringify(outcome));
  return outcome;
}

async function peakOf(project: string, run: string): Promise<Pick<Outcome, 'peakWar' | 'peakWarEpoch'>> {
  const lines = (await readFile(path.join(project, 'runs', run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  const epochs = lines
    .map((line) => JSON.parse(line) as { kind: string; epoch: number; valWar: number })
    .filter(({ kind }) => kind === 'epoch');
  const peakWar = Math.max(...epochs.map(({ valWar }) => valWar));
  return { peakWar, peakWarEpoch: epochs.find(({ valWar }) => valWar === peakWar)!.epoch };
}

/** Does the jobs in order, `atOnce` at a time. */
export async function inTurns<Job>(jobs: readonly Job[], atOnce: number, work: (job: Job) => Promise<void>) {
  const queue = [...jobs];
  const worker = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) await work(job);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

export const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export const deviation = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / Math.max(1, values.length - 1));

/** Mean ± deviation of shares, as percentages. */
export const percent = (values: readonly number[]) =>
  `${(100 * mean(values)).toFixed(1)} ± ${(100 * deviation(values)).toFixed(1)}`;
