/**
 * Whether a pooling search on the videos of a prepared project finds a configuration that is at least as good as the
 * default (issue 6, point 4): the same search with several seeds; the default is trained beside the first k with the same
 * budget. What is finished is kept in the project and read when the bench is started again.
 *
 *   node bench/pooling-search-sample.ts --project <dir> [--seeds 3] [--epochs 60] [--alone-epochs 30] [--top-k 3]
 *     [--supernets 2] [--name sample] [--set key=value]... [--save]
 */
import { parseArgs } from 'node:util';
import type { PoolingSearchSummary } from '../src-main/contract/pooling-search.ts';
import { openApp } from '../src-main/service/app.ts';
import { publishResult } from './save-result.ts';

const { values } = parseArgs({
  options: {
    project: { type: 'string' },
    seeds: { type: 'string', default: '3' },
    epochs: { type: 'string', default: '60' },
    'alone-epochs': { type: 'string', default: '30' },
    'top-k': { type: 'string', default: '3' },
    supernets: { type: 'string', default: '2' },
    name: { type: 'string', default: 'sample' },
    set: { type: 'string', multiple: true, default: [] as string[] },
    save: { type: 'boolean', default: false },
  },
});
if (values.project === undefined) throw new Error('expected --project');
const project = values.project;

/** Clips of the labelled moments teach most in little time; the same for the search, the first k and the default. */
const SETTINGS = [
  'labels=moments',
  ...['stochasticSoftmax.warmupEpochs=1', 'stochasticSoftmax.explorationEpochs=1', 'patience=100000'],
];

const api = openApp();

type Found = { seed: number; wallSeconds: number; cpuSeconds: number; summary: PoolingSearchSummary };

/** Wall and processor seconds are those of this start; a search that was finished before takes none. */
async function searched(seed: number): Promise<Found> {
  const run = `${values.name}-${seed}`;
  const [startMs, before] = [performance.now(), process.cpuUsage()];
  let stage = '';
  const onProgress = (progress: { stage: string }) => {
    if (progress.stage !== stage) process.stderr.write(`${new Date().toISOString()} ${run} ${progress.stage}\n`);
    stage = progress.stage;
  };
  const budget = { epochs: Number(values.epochs), aloneEpochs: Number(values['alone-epochs']) };
  const summary = await api.searchPooling(
    {
      ...{ project, images: null, out: project, run, model: 'pooled3d', method: 'balanced-mixture', seed },
      ...{ supernets: Number(values.supernets), topK: Number(values['top-k']), ...budget },
      ...{ set: [...SETTINGS, ...values.set], engine: 'wasm', resume: true },
    },
    { onProgress },
  );
  const { user, system } = process.cpuUsage(before);
  const wallSeconds = (performance.now() - startMs) / 1000;
  return { seed, wallSeconds, cpuSeconds: (user + system) / 1e6, summary };
}

const found: Found[] = [];
for (let seed = 1; seed <= Number(values.seeds); seed++) found.push(await searched(seed));
const mean = (of: (one: PoolingSearchSummary) => number) =>
  found.reduce((sum, { summary }) => sum + of(summary), 0) / found.length;
const rows = found.map(({ summary: { best, default: initial, kendallTau, cost }, ...one }) => ({
  ...one,
  chosen: { poolAt: best.poolAt, validation: best.validation, test: best.test, gflops: best.gflops },
  initial: { poolAt: initial.poolAt, validation: initial.standAlone, test: initial.test, gflops: initial.gflops },
  ...{ kendallTau, cost },
}));
const means = {
  chosenTest: mean(({ best }) => best.test ?? NaN),
  defaultTest: mean(({ default: initial }) => initial.test ?? NaN),
  chosenValidation: mean(({ best }) => best.validation),
  defaultValidation: mean(({ default: initial }) => initial.standAlone),
};
await publishResult('pooling-search-sample', { settings: [...SETTINGS, ...values.set], means, rows }, values.save);
