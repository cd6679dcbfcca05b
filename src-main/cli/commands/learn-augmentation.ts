import path from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { EngineChoice } from '../../contract/api.ts';
import { AppError } from '../../contract/errors.ts';
import {
  AUGMENTATION_METHODS,
  AUGMENTER_NETWORKS,
  PREDEFINED_LEVELS,
  type AugmentationMethod,
  type AugmentationTableRow,
  type AugmenterNetwork,
  type LearnAugmentationSummary,
  type PredefinedLevel,
  type SafetyReport,
} from '../../contract/learn-augmentation.ts';
import { engineOption, newCommand, wholeNumber } from '../program.ts';
import type { CommandHost } from '../program.ts';
import { durationText } from '../progress-line.ts';

type Options = {
  project?: string;
  images?: string;
  out: string;
  run: string;
  model?: string;
  method: AugmentationMethod;
  compare?: AugmentationMethod[];
  network?: AugmenterNetwork;
  level?: PredefinedLevel;
  augmenterRate: number;
  epochs?: number;
  trials?: number;
  childEpochs?: number;
  seed: number;
  set: string[];
  engine: EngineChoice;
  resume: boolean;
};

/** `learn-augmentation`: an augmentation found on the user's data, and a network trained with it. */
export function learnAugmentationCommand({ api, job, show }: CommandHost): Command {
  return newCommand('learn-augmentation', 'Learn how to augment your data, and train with it')
    .option('--project <dir>', 'project with prepared videos')
    .option('--images <path>', 'folder of one folder a class, CIFAR-10/100 binary files, or a .jpegs pack')
    .option('--out <dir>', 'where runs on --images go', 'augmentation')
    .option('--run <name>', 'name of the run', 'augmentation')
    .option('--model <name>', 'network; default: small3d for videos, resnet18 for images')
    .addOption(new Option('--method <name>', 'how to find it').choices(AUGMENTATION_METHODS).default('learned'))
    .addOption(
      new Option('--compare <methods>', 'several, one after another with the same budget: a,b,c').argParser(methodList),
    )
    .addOption(
      new Option(
        '--network <name>',
        'what learned, stn and dan may change; default: affine, of stn conditional',
      ).choices(AUGMENTER_NETWORKS),
    )
    .addOption(
      new Option('--level <rung>', 'of predefined: a rung of its ladder; default: the augment.* settings').choices(
        PREDEFINED_LEVELS,
      ),
    )
    .option('--augmenter-rate <x>', 'learning rate of the augmenter', positiveNumber, 0.2)
    .option('--epochs <n>', 'epochs of each training', wholeNumber(1))
    .option('--trials <n>', 'what a search tries (magnitudes, policies, child trainings, members)', wholeNumber(1))
    .option('--child-epochs <n>', 'epochs of the child trainings of a search', wholeNumber(1))
    .option('--seed <n>', 'seed of everything random', wholeNumber(0), 1)
    .option('--set <key=value>', 'one setting of the training, as for train; may be given again', collect, [])
    .option('--resume', 'continue where it stopped, or start', false)
    .addOption(engineOption())
    .action(async (options: Options) => {
      requireOneSource(options);
      const result = await api.learnAugmentation(
        {
          ...options,
          project: resolved(options.project),
          images: resolved(options.images),
          out: path.resolve(options.out),
          model: options.model ?? null,
          epochs: options.epochs ?? null,
        },
        job,
      );
      show(result, () => resultLines(result));
    });
}

function requireOneSource({ project, images }: Options): void {
  if ((project === undefined) !== (images === undefined)) return;
  const found = project === undefined ? 'none' : 'both';
  throw new AppError('usage', `learn-augmentation: expected one of --project and --images, found ${found}.`, {
    hint: 'For example: apexscope learn-augmentation --project my-project --method learned',
  });
}

function methodList(text: string): AugmentationMethod[] {
  return text.split(',').map((name) => {
    const method = AUGMENTATION_METHODS.find((one) => one === name.trim());
    if (method !== undefined) return method;
    throw new InvalidArgumentError(`expected some of ${AUGMENTATION_METHODS.join(', ')}, got '${name}'.`);
  });
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError(`expected a number above 0, got '${text}'.`);
}

function resolved(given: string | undefined): string | null {
  return given === undefined ? null : path.resolve(given);
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function resultLines(r: LearnAugmentationSummary): string[] {
  return [
    ...(r.table === undefined ? [] : tableLines(r.table)),
    `${r.method} on ${r.model}: WAR ${percent(r.war)}, UAR ${percent(r.uar)} on ${r.judgedOn}`,
    ...r.notes.map((note) => `Note: ${note}`),
    ...Object.entries(r.parameters).map(
      ([name, { mean, std }]) => `  ${name.padEnd(11)} ${mean.toFixed(3).padStart(7)} ± ${std.toFixed(3)}`,
    ),
    ...safetyLines(r.safety),
    `Cost: ${durationText(r.cost.seconds)}, ${r.cost.ratioToPlain.toFixed(1)} times plain training`,
    `Recipe: ${r.recipe} (train --set recipe=…)`,
    `Run: ${r.run}; folder: ${r.folder}`,
  ];
}

function tableLines(rows: readonly AugmentationTableRow[]): string[] {
  const cells = rows.map(({ method, war, uar, ratioToPlain, seconds }) => [
    ...[method.padEnd(20), percent(war).padStart(7), percent(uar).padStart(7)],
    ...[`${ratioToPlain.toFixed(1)} x`.padStart(8), durationText(seconds)],
  ]);
  const head = ['method'.padEnd(20), 'WAR'.padStart(7), 'UAR'.padStart(7), 'cost'.padStart(8), 'time'];
  return [head, ...cells].map((row) => `  ${row.join('  ')}`);
}

function safetyLines({ recipe, clips, transformations }: SafetyReport): string[] {
  const limited = transformations.filter(({ safeLevel }) => safeLevel < 1);
  const limits = limited.map(({ name, safeLevel }) => `${name} ${percent(safeLevel)}`);
  return [
    `Expression-safe check: the network changes its mind on ${percent(recipe)} of ${clips} clips with this recipe`,
    ...(limits.length > 0 ? [`  safe only up to this share of the range: ${limits.join(', ')}`] : []),
  ];
}
