import path from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { EngineChoice } from '../../contract/api.ts';
import { AppError } from '../../contract/errors.ts';
import {
  POOLING_SEARCH_METHODS,
  type PoolingJson,
  type PoolingSearchMethod,
  type PoolingSearchSummary,
  type ReplaySummary,
} from '../../contract/pooling-search.ts';
import { engineOption, newCommand, wholeNumber } from '../program.ts';
import type { CommandHost } from '../program.ts';
import { durationText } from '../progress-line.ts';

type Options = {
  project?: string;
  images?: string;
  replay?: string;
  out: string;
  run: string;
  model?: string;
  method: PoolingSearchMethod;
  supernets: number;
  epochs?: number;
  aloneEpochs?: number;
  topK: number;
  seed: number;
  set: string[];
  engine: EngineChoice;
  resume: boolean;
};

/** `search-pooling`: where a network should pool, learned on data or replayed on a table. */
export function searchPoolingCommand({ api, job, show }: CommandHost): Command {
  return newCommand('search-pooling', 'Find where a network should pool on your data')
    .option('--project <dir>', 'project with prepared videos')
    .option('--images <path>', 'folder of one folder a class, CIFAR-10/100 binary files, or a .jpegs pack')
    .option('--replay <csv>', 'table of accuracies to search without training')
    .option('--out <dir>', 'where runs on --images go', 'pooling-search')
    .option('--run <name>', 'name of the search and of the run of its winner', 'pooling-search')
    .option('--model <name>', 'network; default: pooled3d for videos, resnet20 for images')
    .addOption(
      new Option('--method <name>', 'how to search').choices(POOLING_SEARCH_METHODS).default('balanced-mixture'),
    )
    .option('--supernets <n>', 'M of balanced-mixture', wholeNumber(1), 4)
    .option('--epochs <n>', 'epochs of the search', wholeNumber(1))
    .option('--alone-epochs <n>', 'epochs of each network trained alone afterwards', wholeNumber(1))
    .option('--top-k <n>', 'configurations trained alone, the best on validation wins', wholeNumber(1), 3)
    .option('--seed <n>', 'seed of everything random', wholeNumber(0), 1)
    .option('--set <key=value>', 'one setting of the networks, as for train; may be given again', collect, [])
    .option('--resume', 'continue the search where it stopped, or start it', false)
    .addOption(engineOption())
    .action(async (options: Options) => {
      requireOneSource(options);
      if (options.replay !== undefined) {
        const table = path.resolve(options.replay);
        const result = await api.replayPooling({ ...options, table }, job);
        return show(result, () => replayLines(result));
      }
      const result = await api.searchPooling(
        {
          ...options,
          project: resolved(options.project),
          images: resolved(options.images),
          out: path.resolve(options.out),
          model: options.model ?? null,
          epochs: options.epochs ?? null,
          aloneEpochs: options.aloneEpochs ?? null,
        },
        job,
      );
      show(result, () => searchLines(result));
    });
}

function requireOneSource({ project, images, replay }: Options): void {
  const given = [project, images, replay].filter((source) => source !== undefined).length;
  if (given === 1) return;
  throw new AppError('usage', `search-pooling: expected one of --project, --images and --replay, found ${given}.`, {
    hint: 'For example: apexscope search-pooling --project my-project --method balanced-mixture --supernets 2',
  });
}

function resolved(given: string | undefined): string | null {
  return given === undefined ? null : path.resolve(given);
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

function replayLines(r: ReplaySummary): string[] {
  return [
    `${r.method} on ${r.configurations} configurations, scores from ${r.scoresFrom}`,
    `Kendall tau ${r.kendallTau === null ? 'none' : r.kendallTau.toFixed(3)}`,
    `First: ${text(r.best.configuration)}, ${r.best.accuracy} alone, ${r.regret.toFixed(2)} behind the best`,
    `Best of its first ${r.topK.length}: ${r.bestOfTopK}, ${r.regretOfTopK.toFixed(2)} behind the best`,
    `The default configuration is number ${r.rankOfDefault}`,
  ];
}

function searchLines(r: PoolingSearchSummary): string[] {
  const share = (value: number | null) => (value === null ? '   -  ' : `${(100 * value).toFixed(1)} %`);
  return [
    `${r.method} on ${r.model}: ${r.space.size} configurations, ${r.space.notation}`,
    ...r.notes.map((note) => `Note: ${note}`),
    ...r.topK.map(
      (one) =>
        `  ${one.poolAt.padEnd(14)} supernet ${share(one.supernet)}  alone ${share(one.standAlone)}  ${one.gflops.toFixed(2)} GFLOP`,
    ),
    `Best: poolAt=${r.best.poolAt}, validation ${share(r.best.validation)}, test ${share(r.best.test)}`,
    `Cost: ${r.cost.passes} passes in ${durationText(r.cost.seconds)}`,
    `Run: ${r.run}; search: ${r.folder}`,
  ];
}

function text(configuration: PoolingJson): string {
  return JSON.stringify(configuration);
}
