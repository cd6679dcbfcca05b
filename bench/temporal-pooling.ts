/**
 * Temporal pooling methods on the test split of a prepared project, several seeds each: accuracy, where they point, and
 * the epochs that they take. Runs are independent processes with one thread each; finished ones are kept, so that the
 * grid can be stopped and continued.
 *
 * `--protocol demo` has the settings of the demo. `paper` starts, as [TSS] does, from a network that has seen expressions:
 * one trained on the labelled moments of another sample (other people), whose last layer is left out; SGD, plateau and
 * patience are those of algorithms.md 1.5, batches of 4 without accumulation at 8 times the rate. `paper-backbone` lets the
 * layers below the last one learn at 0.1 of its rate instead of 0.005.
 *
 *   node bench/temporal-pooling.ts --project <dir> [--protocol demo] [--work <dir>] [--method name[:gamma]]...
 *     [--seeds 1,2,3] [--at-once 2] [--save]
 */
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readSafetensors, writeSafetensors } from '../src-main/store/safetensors.ts';
import { publishResult } from './save-result.ts';
import { apexscope, inTurns, mean, percent, trainedOutcome, type Outcome } from './trained-runs.ts';

const TUNED = ['schedule=plateau', 'patience=11', 'epochs=100'];
const SGD = ['optimizer=sgd', 'momentum=0.9', 'learningRate=0.004', 'weightDecay=0.001'];
const PROTOCOLS: Readonly<Record<string, readonly string[]>> = {
  demo: [],
  paper: [...TUNED, ...SGD, 'backboneFactor=0.005'],
  'paper-backbone': [...TUNED, ...SGD, 'backboneFactor=0.1'],
};
const OTHER_SAMPLE_SEED = 7;
const LAST_LAYER = 'logits.';

type Row = { method: string; gamma: number; outcomes: (Outcome & { seed: number })[] };

const { values } = parseArgs({
  options: {
    project: { type: 'string' },
    protocol: { type: 'string', default: 'demo' },
    work: { type: 'string' },
    method: { type: 'string', multiple: true, default: ['average', 'stochastic-softmax:1'] },
    seeds: { type: 'string', default: '1,2,3' },
    'at-once': { type: 'string', default: '2' },
    save: { type: 'boolean', default: false },
  },
});

/** Weights of everything but the last layer, learned from the moments of other people. */
async function weightsThatKnowFaces(work: string): Promise<string> {
  const file = path.join(work, 'features.safetensors');
  if (await isThere(file)) return file;
  await mkdir(work, { recursive: true });
  const [videos, project, run] = [path.join(work, 'videos'), path.join(work, 'project'), 'moments'];
  await apexscope(['sample', videos, '--seed', String(OTHER_SAMPLE_SEED)]);
  await apexscope(['import', videos, '--project', project]);
  await apexscope(['prepare', '--project', project]);
  const settings = ['--set', 'labels=moments', '--set', 'epochs=40'];
  await apexscope(['train', '--project', project, '--run', run, '--engine', 'wasm', '--resume', ...settings]);
  const trained = path.join(project, 'runs', run, 'checkpoint-best.safetensors');
  const { tensors } = readSafetensors(await readFile(trained), trained);
  const kept = Object.entries(tensors).filter(([name]) => !name.startsWith(LAST_LAYER));
  await writeFile(file, writeSafetensors(Object.fromEntries(kept)));
  return file;
}

const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

function table(rows: readonly Row[]): string {
  const head = [
    '| method | γ | WAR | UAR | pointing | mass | uniform | epochs to lowest loss | to highest val WAR | s per run |',
    '|---|---|---|---|---|---|---|---|---|---|',
  ];
  const lines = rows.map(({ method, gamma, outcomes }) => {
    const of = (key: keyof Outcome) => outcomes.map((outcome) => outcome[key]);
    const shares = (['war', 'uar', 'pointing', 'mass'] as const).map((key) => percent(of(key)));
    const uniform = (100 * mean(of('uniform'))).toFixed(1);
    const efforts = (['bestEpoch', 'peakWarEpoch', 'seconds'] as const).map(
      (key) => `${mean(of(key)).toFixed(1)} (${of(key).map(Math.round).join(', ')})`,
    );
    return `| ${[method, gamma, ...shares, uniform, ...efforts].join(' | ')} |`;
  });
  return [...head, ...lines].join('\n');
}

async function main(): Promise<void> {
  const { protocol } = values;
  const own = PROTOCOLS[protocol];
  if (!own) throw new Error(`--protocol ${protocol}: expected ${Object.keys(PROTOCOLS).join(', ')}.`);
  if (!values.project) throw new Error('--project <dir> is missing: a project that `apexscope prepare` has finished.');
  const project = path.resolve(values.project);
  const work = path.resolve(values.work ?? `${project}-other-people`);
  const start = protocol === 'demo' ? [] : [`initialWeights=${await weightsThatKnowFaces(work)}`];
  const rows: Row[] = values.method.map((name) => {
    const [method = '', gamma = '1'] = name.split(':');
    return { method, gamma: Number(gamma), outcomes: [] };
  });
  const jobs = rows.flatMap((row) => values.seeds.split(',').map((seed) => ({ row, seed: Number(seed) })));
  await inTurns(jobs, Number(values['at-once']), async ({ row, seed }) => {
    const { method, gamma } = row;
    const settings = [...own, ...start, `pooling=${method}`, `gamma=${gamma}`, `seed=${seed}`];
    const outcome = await trainedOutcome(project, `pooling-${protocol}-${method}-g${gamma}-s${seed}`, settings);
    row.outcomes.push({ seed, ...outcome });
    process.stderr.write(`${method} ${gamma} seed ${seed}: ${JSON.stringify(outcome)}\n`);
  });
  for (const { outcomes } of rows) outcomes.sort((a, b) => a.seed - b.seed);
  process.stderr.write(`${table(rows)}\n`);
  await publishResult(`temporal-pooling-${protocol}`, { protocol, settings: own, rows }, values.save);
}

await main();
