/**
 * All methods of pooling search on a task that one pooling place solves by construction (test/support/toy-pooling.ts),
 * over seeds: which finds the place, how its scores agree with networks trained alone, and what it costs beside brute
 * force.
 *
 *   node bench/pooling-search-toy.ts [--units 6] [--pictures 512] [--epochs 20] [--seeds 5] [--threads 0] [--save]
 */
import { parseArgs } from 'node:util';
import { POOLING_SEARCH_METHODS, type PoolingSearchMethod } from '../src-main/contract/pooling-search.ts';
import { openEngine } from '../src-main/engine/select.ts';
import { byFallingScore, kendallTau } from '../src-main/train/pooling-search/search-quality.ts';
import { RIGHT_PLACE } from '../test/support/toy-pooling.ts';
import { toyAlone, toyScores } from '../test/support/toy-pooling-search.ts';
import { publishResult } from './save-result.ts';

const SUPERNETS = [1, 2, 4];
const RIGHT = RIGHT_PLACE - 1;

type Task = { units: number; pictures: number; epochs: number };
type Contender = { method: PoolingSearchMethod; supernets: number };
type Outcome = { found: boolean; rank: number; tau: number | null; seconds: number };

function contenders(): Contender[] {
  const searching = POOLING_SEARCH_METHODS.filter((method) => method !== 'default' && method !== 'brute-force');
  return searching.flatMap((method) =>
    (method === 'balanced-mixture' ? SUPERNETS : [1]).map((supernets) => ({ method, supernets })),
  );
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const startMs = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - startMs) / 1000 };
}

async function outcomeOf(task: Task, contender: Contender, seed: number, alone: number[]): Promise<Outcome> {
  // Why: one budget is shared by all supernets, so a mixture takes as many more epochs [BMS].
  const epochs = task.epochs * contender.supernets;
  const { result, seconds } = await timed(() => toyScores({ ...task, ...contender, epochs, seed }));
  const rank = 1 + byFallingScore(result).indexOf(RIGHT);
  return { found: rank === 1, rank, tau: kendallTau(result, alone), seconds };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const { values } = parseArgs({
  options: {
    units: { type: 'string', default: '6' },
    pictures: { type: 'string', default: '512' },
    epochs: { type: 'string', default: '20' },
    seeds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '0' },
    save: { type: 'boolean', default: false },
  },
});
const task: Task = { units: Number(values.units), pictures: Number(values.pictures), epochs: Number(values.epochs) };
const engine = await openEngine({ engine: 'wasm', threads: Number(values.threads) });
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const brute: { accuracies: number[]; seconds: number }[] = [];
for (const seed of seeds) {
  const { result, seconds } = await timed(() => toyAlone({ ...task, seed }));
  brute.push({ accuracies: result, seconds });
  process.stderr.write(`alone, seed ${seed}: ${result.map((accuracy) => accuracy.toFixed(2)).join(' ')}\n`);
}
const methods: object[] = [];
for (const contender of contenders()) {
  const outcomes: Outcome[] = [];
  for (const [i, seed] of seeds.entries()) outcomes.push(await outcomeOf(task, contender, seed, brute[i]!.accuracies));
  const found = outcomes.filter(({ found: right }) => right).length;
  const tau = mean(outcomes.map((outcome) => outcome.tau ?? 0));
  const seconds = mean(outcomes.map((outcome) => outcome.seconds));
  process.stderr.write(
    `${contender.method} ${contender.supernets}: found ${found}/${seeds.length}, tau ${tau.toFixed(2)}\n`,
  );
  methods.push({ ...contender, found, ranks: outcomes.map(({ rank }) => rank), meanTau: tau, meanSeconds: seconds });
}
await publishResult(
  'pooling-search-toy',
  {
    ...{ task, seeds, rightPlace: RIGHT_PLACE, engine: engine.info },
    bruteForce: {
      accuracies: brute.map(({ accuracies }) => accuracies),
      meanSeconds: mean(brute.map((b) => b.seconds)),
    },
    methods,
  },
  values.save,
);
await engine.close();
