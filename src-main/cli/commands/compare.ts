import path from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { z } from 'zod';
import type { EngineChoice } from '../../contract/api.ts';
import {
  compareSchema,
  NETWORK_SIZES,
  type ComparedSystem,
  type ComparedSystems,
  type CompareSummary,
} from '../../contract/compare.ts';
import { MODEL_NAMES, POOLING_NAMES } from '../../contract/config.ts';
import { AppError } from '../../contract/errors.ts';
import { engineOption, newCommand } from '../program.ts';
import type { CommandHost } from '../program.ts';
import { collect } from './runs.ts';

type Options = Record<'models' | 'pooling', string[]> &
  Record<'gammas' | 'seeds', number[]> & {
    project: string;
    run: string;
    size: string;
    split: string;
    set: string[];
    engine: EngineChoice;
    resume: boolean;
  };

/** `compare`: networks and pooling methods beside each other, over several seeds. */
export function compareCommand({ api, job, show }: CommandHost): Command {
  return newCommand('compare', 'Train networks with pooling methods over several seeds, and write one table of them')
    .requiredOption('--project <dir>', 'project with prepared videos')
    .option('--models <names>', `networks, by commas: ${MODEL_NAMES.join(', ')}`, words, ['small3d'])
    .option('--pooling <names>', `pooling methods, by commas: ${POOLING_NAMES.join(', ')}`, words, [
      'average',
      'stochastic-softmax',
    ])
    .option('--gammas <numbers>', 'inverse temperatures, by commas, of the methods that have one', numbers, [1])
    .option('--seeds <numbers>', 'seeds, by commas', numbers, [1, 2, 3])
    .addOption(
      new Option('--size <name>', 'networks as published, or such as two processor cores train in minutes')
        .choices(NETWORK_SIZES)
        .default('full'),
    )
    .addOption(new Option('--split <name>', 'which videos are judged').choices(['val', 'test']).default('test'))
    .option('--run <name>', 'name of the comparison; the names of its runs begin with it', 'compare')
    .option('--set <key=value>', 'one setting of all networks, as for train; may be given again', collect, [])
    .option('--resume', 'go on where the comparison stopped, widen it, or start it', false)
    .addOption(engineOption())
    .action(async (options: Options) => {
      const result = await api.compare(
        { ...options, ...systemsOf(options), project: path.resolve(options.project) },
        job,
      );
      show(result, () => comparisonLines(result));
    });
}

/** @throws AppError `usage` naming what is not known */
function systemsOf({ models, pooling, gammas, seeds, size, split }: Options): ComparedSystems {
  const parsed = compareSchema.safeParse({ models, pooling, gammas, seeds, size, split });
  if (parsed.success) return parsed.data;
  const { path: place, message } = parsed.error.issues[0]!;
  const found = place.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown>)[part], {
    ...{ models, pooling, gammas, seeds },
  });
  const name = String(place[0]);
  throw new AppError('usage', `compare: --${name}: ${message}, found ${JSON.stringify(found)}.`, {
    hint: `For example: apexscope compare --project my-project --models c3d,c3d-lstm --pooling average,softmax --seeds 1,2`,
  });
}

function words(text: string): string[] {
  return text.split(',').map((word) => word.trim());
}

function numbers(text: string): number[] {
  return words(text).map((word) => {
    const value = word === '' ? NaN : Number(word);
    if (!z.number().min(0).safeParse(value).success)
      throw new InvalidArgumentError(`expected numbers of at least 0 by commas, got '${word}'.`);
    return value;
  });
}

function comparisonLines(r: CompareSummary): string[] {
  const best = r.systems.reduce((top, one) => (one.war.mean > top.war.mean ? one : top));
  return [
    `Engine: ${r.engine.name} (${r.engine.device}): ${r.engine.why}`,
    ...r.notes.map((note) => `Note: ${note}`),
    `${r.split}: ${r.videos} videos, the largest class has ${(100 * r.largestClass).toFixed(1)} %`,
    ...r.systems.map((system) => `  ${nameOf(system).padEnd(44)} WAR ${share(system.war)}  UAR ${share(system.uar)}`),
    ...r.refused.map((one) => `Not trained: ${one.model} with ${one.pooling}: ${one.reason}. ${one.hint}`),
    `Best: ${nameOf(best)}`,
    `Table: ${r.files.markdown}, ${r.files.csv}`,
    `Report: ${r.files.report}`,
  ];
}

function nameOf({ model, pooling, gamma }: ComparedSystem): string {
  return `${model}, ${pooling}${gamma === null ? '' : `, γ ${gamma}`}`;
}

function share({ mean, deviation }: ComparedSystem['war']): string {
  const spread = deviation === null ? '' : ` ± ${(100 * deviation).toFixed(1)}`;
  return `${(100 * mean).toFixed(1)}${spread} %`;
}
