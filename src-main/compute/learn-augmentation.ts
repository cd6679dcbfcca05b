/**
 * Finds an augmentation on a project's videos or on pictures (algorithms.md 3): trains as the method asks, keeps the best
 * network on validation as a run and the augmentation as a recipe. Half of the validation videos move the augmenter,
 * the other half selects; test videos only judge.
 */
import path from 'node:path';
import { augmenter } from '../../models/augmenter.ts';
import { modelCard } from '../../models/index.ts';
import type { EngineChoice } from '../contract/api.ts';
import type { ResolvedConfig } from '../contract/config.ts';
import { AppError } from '../contract/errors.ts';
import type { LearnAugmentationOptions, LearnAugmentationSummary } from '../contract/learn-augmentation.ts';
import type { JobContext } from '../contract/progress.ts';
import type { EngineInfo } from '../contract/records.ts';
import type { ClipVideo } from '../data/clip-source.ts';
import { divideByClass } from '../data/image-set.ts';
import { Rng } from '../data/rng.ts';
import { requireMemory } from '../engine/memory-plan.ts';
import { openEngine } from '../engine/select.ts';
import { ownFolders } from '../store/project.ts';
import type { Project } from '../store/project.ts';
import { openRunFolder } from '../store/run-folder.ts';
import { epochsOf, type EpochChanges } from '../train/augmentation/change-record.ts';
import { parseStoredOuter } from '../train/augmentation/learned-augmentation.ts';
import { networkRecipe, type Recipe } from '../train/augmentation/recipe.ts';
import { parseLastState } from '../train/checkpoint.ts';
import { prefixed } from '../train/training-state.ts';
import { judgeRun } from './judged-run.ts';
import { augmentationConfig, PLAIN, plainTraining, problemOf, trainingsOf } from './learn-augmentation-trainings.ts';
import { imageData, projectData, type SearchData } from './search-data.ts';
import {
  findSearchFolder,
  publishWinner,
  readSummary,
  startSearchFolder,
  writeJson,
  type SearchFolder,
} from './search-folder.ts';
import { queueOnThisMachine, type TrainingPlace, type TrainingResult } from './training-executor.ts';
import { networkOf } from './train.ts';
import type { AppVersions } from './versions.ts';

type Options = LearnAugmentationOptions & { engine: EngineChoice; versions: AppVersions };

type Place = {
  dir: string;
  runsDir: string;
  dataOf: (config: ResolvedConfig, engine: EngineInfo) => Promise<SearchData>;
};

type Learning = {
  options: Options;
  config: ResolvedConfig;
  data: SearchData;
  halves: { outer: ClipVideo[]; selection: ClipVideo[] };
  folder: SearchFolder;
  engine: EngineInfo;
};

/** Share of the validation videos that move the augmenter. */
const OUTER_SHARE = 0.5;
/** A mean this near to the limit of a parameter, or a spread and mean this small, is worth a warning. */
const NEAR_LIMIT = 0.7;
const NEAR_IDENTITY = 0.005;

/** @throws AppError as `train` does, `aborted` with the state saved */
export function learnAugmentationOfProject(project: Project, options: Options, job: JobContext = {}) {
  const { run, versions } = options;
  const dataOf: Place['dataOf'] = (config, engine) => projectData(project, config, { run, engine, versions });
  return learn({ dir: project.dir, runsDir: project.runsDir, dataOf }, options, job);
}

/** {@link learnAugmentationOfProject} on labelled pictures; its runs go to the project folder `out`. */
export function learnAugmentationOfImages(options: Options, job: JobContext = {}) {
  const [, runsDir] = ownFolders(options.out);
  return learn({ dir: options.out, runsDir, dataOf: (config) => imageData(options, config, job) }, options, job);
}

async function learn(place: Place, options: Options, job: JobContext): Promise<LearnAugmentationSummary> {
  const config = augmentationConfig(options);
  problemOf(options, config);
  const { method, network, augmenterRate, images } = options;
  const asked = { version: 1, job: 'learn-augmentation', method, network, augmenterRate, images, config };
  const where = { dir: path.join(place.dir, 'searches', options.run), name: options.run, runsDir: place.runsDir };
  const folder = await findSearchFolder(where, asked, options.resume);
  const finished = await readSummary<LearnAugmentationSummary>(folder);
  if (finished !== null) return finished;
  const engine = await openEngine({ engine: options.engine, threads: config.threads });
  try {
    const data = await place.dataOf(config, engine.info);
    requireMemory({ ...config, network: networkOf(config, modelCard(config.model), data.classes) }, engine.info);
    const halves = dividedValidation(data, config.seed);
    await startSearchFolder(folder, asked);
    return await takeTrainings({ options, config, data, halves, folder, engine: engine.info }, job);
  } finally {
    await engine.close();
  }
}

async function takeTrainings(learning: Learning, job: JobContext): Promise<LearnAugmentationSummary> {
  const { options, config, folder, data } = learning;
  const place = trainingPlace(learning);
  const problem = ({ config: own }: { config: ResolvedConfig }) => problemOf(options, own);
  const plain = await queueOnThisMachine(place).train([plainTraining(config)], job);
  const results = await queueOnThisMachine({ ...place, problem }).train(trainingsOf(options.method, config), job);
  const winner = results.reduce((best, one) => (isBetter(one, best) ? one : best));
  const { recipe, changes } = await recipeOf(learning, winner, place.dir);
  await writeJson(folder, 'recipe.json', recipe);
  const hasTest = data.test.length > 0;
  const videos = hasTest ? data.test : learning.halves.selection;
  const judged = await judgeRun(winner.name, { ...place, videos }, job);
  await publishWinner(folder, winner);
  const parameters = parametersOf(recipe, changes.at(-1));
  const summary: LearnAugmentationSummary = {
    ...{ method: options.method, model: config.model, war: judged.valWar, uar: judged.valUar },
    judgedOn: hasTest ? 'test' : 'validation',
    cost: await costOf(place.dir, plain[0]!, results, config),
    ...{ parameters, recipe: path.join(folder.dir, 'recipe.json'), run: options.run, folder: folder.dir },
    notes: [...data.notes, ...warnings(parameters)],
  };
  await writeJson(folder, 'summary.json', summary);
  return summary;
}

function trainingPlace({ data, options, engine, folder, halves, config }: Learning): TrainingPlace {
  const { train, test, classes, clips, pictures } = data;
  const { outer, selection } = halves;
  const manifest = (run: string) =>
    data.manifest(
      { run, engine, seed: config.seed, versions: options.versions },
      { train, val: [...outer, ...selection], test },
    );
  return {
    ...{ dir: path.join(folder.dir, 'alone'), classes, clips, manifest, recordsSampling: !pictures },
    ...{ trainVideos: train, valVideos: selection, outerVideos: outer },
  };
}

function dividedValidation({ val }: SearchData, seed: number): Learning['halves'] {
  const [outer, selection] = divideByClass(val, OUTER_SHARE, new Rng(seed).fork('augmentation-halves'));
  if (outer.length > 0 && selection.length > 0) return { outer, selection };
  throw new AppError('bad-input', `${val.length} validation videos cannot be divided: half moves the augmenter.`, {
    hint: 'Add videos, or raise valFraction.',
  });
}

/** More right on validation; among equals, of smaller loss. */
function isBetter(one: TrainingResult, other: TrainingResult): boolean {
  return one.valWar > other.valWar || (one.valWar === other.valWar && one.valLoss < other.valLoss);
}

async function recipeOf(
  { options: { method, network } }: Learning,
  { name }: TrainingResult,
  dir: string,
): Promise<{ recipe: Recipe; changes: EpochChanges[] }> {
  const shared = { version: 1, method } as const;
  const run = await openRunFolder(dir, name);
  try {
    const { config } = run;
    if (method === 'none') return { recipe: { ...shared, kind: 'none' }, changes: [] };
    if (config.augmentation === 'standard')
      return { recipe: { ...shared, kind: 'standard', strengths: config.augment }, changes: [] };
    const last = (await run.readCheckpoint('last'))!;
    const changes = epochsOf(parseStoredOuter(parseLastState(last.state).outer).changes);
    const facts = {
      method,
      network,
      flip: config.augment.flip,
      parameters: [...augmenter(network).parameters],
      changes,
    };
    return { recipe: networkRecipe(facts, prefixed(last.tensors, 'outer.theta.')), changes };
  } finally {
    await run.close();
  }
}

function parametersOf(recipe: Recipe, last: EpochChanges | undefined): LearnAugmentationSummary['parameters'] {
  if (recipe.kind !== 'network' || last === undefined) return {};
  return Object.fromEntries(recipe.parameters.map((name, p) => [name, { mean: last.mean[p]!, std: last.std[p]! }]));
}

/** An augmenter can collapse to nothing, or to the most it may do. */
function warnings(parameters: LearnAugmentationSummary['parameters']): string[] {
  const entries = Object.entries(parameters);
  const extreme = entries.filter(([, { mean }]) => Math.abs(mean) > NEAR_LIMIT).map(([name]) => name);
  const still = entries.every(([, { mean, std }]) => Math.abs(mean) + std < NEAR_IDENTITY);
  return [
    ...(extreme.length > 0 ? [`The augmenter went to its limits: ${extreme.join(', ')}. Lower its rate.`] : []),
    ...(entries.length > 0 && still ? ['The augmenter stayed at the identity. Raise its rate or the epochs.'] : []),
  ];
}

async function costOf(
  dir: string,
  plain: TrainingResult,
  results: readonly TrainingResult[],
  { epochs }: ResolvedConfig,
): Promise<LearnAugmentationSummary['cost']> {
  const run = await openRunFolder(dir, PLAIN);
  try {
    const seconds = results.reduce((sum, one) => sum + one.seconds, 0);
    const perEpoch = (await run.readEpochs()).at(-1)?.seconds ?? plain.seconds;
    return { ratioToPlain: seconds / (perEpoch * epochs), seconds, trainings: results.length };
  } finally {
    await run.close();
  }
}
