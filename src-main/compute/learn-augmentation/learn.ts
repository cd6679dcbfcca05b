/**
 * Finds an augmentation on a project's videos or on pictures (algorithms.md 3): trains as the method asks, keeps the best
 * network on validation as a run and the augmentation as a recipe. Half of the validation videos move the augmenter,
 * the other half, of other people, selects; test videos only judge.
 */
import path from 'node:path';
import { modelCard } from '../../../models/index.ts';
import type { EngineChoice } from '../../contract/api.ts';
import type { ResolvedConfig } from '../../contract/config.ts';
import { AppError } from '../../contract/errors.ts';
import type {
  LearnAugmentationOptions,
  LearnAugmentationSummary,
  SafetyReport,
} from '../../contract/learn-augmentation.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { EngineInfo } from '../../contract/records.ts';
import type { ClipVideo } from '../../data/clip-source.ts';
import { Rng } from '../../data/rng.ts';
import { openEngine } from '../../engine/select.ts';
import { ownFolders } from '../../store/project.ts';
import type { Project } from '../../store/project.ts';
import { openRunFolder } from '../../store/run-folder.ts';
import { expressionSafety, safetyWarnings } from '../../train/augmentation/expression-safety.ts';
import { middleClips } from '../../train/augmentation/frozen-answers.ts';
import { recipeRenderer } from '../../train/augmentation/recipe-render.ts';
import type { Recipe } from '../../train/augmentation/recipe.ts';
import { requireVideos } from '../../train/training-loop.ts';
import { withBestNetwork } from '../best-network.ts';
import { judgeRun } from '../judged-run.ts';
import { compareAugmentations } from './comparison.ts';
import { FINDERS } from './methods.ts';
import { augmenterOf } from './networks.ts';
import type { Found } from './search.ts';
import { augmentationConfig, PLAIN, plainTraining } from './settings.ts';
import { imageData, projectData, type SearchData } from '../search-pooling/data.ts';
import {
  findSearchFolder,
  nameNotes,
  publishWinner,
  readSummary,
  recordingState,
  startSearchFolder,
  writeJson,
  type SearchFolder,
} from '../search-pooling/folder.ts';
import { queueOnThisMachine, type TrainingPlace } from '../training-executor.ts';
import { networkOf } from '../config-network.ts';
import { memoryNotes, plannedPasses } from '../planned-passes.ts';
import type { AppVersions } from '../versions.ts';

type Options = LearnAugmentationOptions & { engine: EngineChoice; versions: AppVersions };

/** A project to learn on: where its runs and searches go, and its data. */
export type AugmentationPlace = {
  dir: string;
  runsDir: string;
  dataOf: (config: ResolvedConfig, engine: EngineInfo) => Promise<SearchData>;
};

type Learning = {
  options: Options;
  config: ResolvedConfig;
  data: SearchData;
  halves: { outer: ClipVideo[]; selection: ClipVideo[]; notes: string[] };
  folder: SearchFolder;
  engine: EngineInfo;
};

/** Share of the validation videos that move the augmenter. */
const OUTER_SHARE = 0.5;
/** Clips of the selection videos that the expression-safe check looks at. */
const MOST_SAFETY_CLIPS = 48;
/** A mean this near to the limit of a parameter, or a spread and mean this small, is worth a warning. */
const NEAR_LIMIT = 0.7;
const NEAR_IDENTITY = 0.005;

/** @throws AppError as `train` does, `aborted` with the state saved */
export function learnAugmentationOfProject(project: Project, options: Options, job: JobContext = {}) {
  const { run, versions } = options;
  const dataOf: AugmentationPlace['dataOf'] = (config, engine) =>
    projectData(project, config, { run, engine, versions });
  return learnAugmentation({ dir: project.dir, runsDir: project.runsDir, dataOf }, options, job);
}

/** {@link learnAugmentationOfProject} on labelled pictures; its runs go to the project folder `out`. */
export function learnAugmentationOfImages(options: Options, job: JobContext = {}) {
  const { runs: runsDir } = ownFolders(options.out);
  return learnAugmentation(
    { dir: options.out, runsDir, dataOf: (config) => imageData(options, config, job) },
    options,
    job,
  );
}

/** One method, or several one after another, each a search of its own, `<run>-<method>`. */
export function learnAugmentation(
  place: AugmentationPlace,
  options: Options,
  job: JobContext,
): Promise<LearnAugmentationSummary> {
  const { compare, ...rest } = options;
  if (compare === undefined) return learn(place, rest, job);
  return compareAugmentations({ ...place, options: rest, methods: compare, learn: learn.bind(null, place) }, job);
}

async function learn(place: AugmentationPlace, options: Options, job: JobContext): Promise<LearnAugmentationSummary> {
  const config = augmentationConfig(options);
  const { method, level, augmenterRate, trials, childEpochs, images } = options;
  const network = augmenterOf(options);
  const searched = { method, network, level, augmenterRate, trials, childEpochs };
  const asked = { version: 1, job: 'learn-augmentation', ...searched, images, config };
  const where = {
    dir: path.join(ownFolders(place.dir).searches, options.run),
    name: options.run,
    runsDir: place.runsDir,
  };
  const folder = await findSearchFolder(where, asked, options.resume);
  const finished = await readSummary<LearnAugmentationSummary>(folder);
  if (finished !== null) return finished;
  const { threads, precision } = config;
  const engine = await openEngine({ engine: options.engine, threads, precision });
  try {
    const data = await place.dataOf(config, engine.info);
    plannedPasses(config, networkOf(config, modelCard(config.model), data.classes), engine.info);
    const halves = dividedValidation(data, config.seed);
    requireVideos({ config, classes: data.classes, trainVideos: data.train, valVideos: halves.selection });
    await startSearchFolder(folder, asked);
    const learning = { options, config, data, halves, folder, engine: engine.info };
    return await recordingState(folder, () => findAndJudge(learning, job));
  } finally {
    await engine.close();
  }
}

async function findAndJudge(learning: Learning, job: JobContext): Promise<LearnAugmentationSummary> {
  const { options, config, folder, data } = learning;
  const place = trainingPlace(learning);
  const spent = { seconds: 0, trainings: 0 };
  const still: ResolvedConfig = { ...config, augmentation: 'none' };
  const found = await FINDERS[options.method]({ options, config: still, place, folder, spent }, job);
  const { winner, recipe } = found;
  await writeJson(folder, 'recipe.json', recipe);
  await queueOnThisMachine(place).train([plainTraining(config)], job);
  const run = await publishWinner(folder, winner);
  const safety = await checkedSafety(learning, { place, found, run }, job);
  const hasTest = data.test.length > 0;
  const videos = hasTest ? data.test : learning.halves.selection;
  const judged = await judgeRun(winner.name, { ...place, videos }, job);
  const parameters = parametersOf(recipe);
  const summary: LearnAugmentationSummary = {
    ...{ method: options.method, model: config.model, war: judged.valWar, uar: judged.valUar },
    ...{ judgedOn: hasTest ? 'test' : 'validation', valWar: winner.valWar },
    cost: { ratioToPlain: spent.seconds / (await plainSeconds(place.dir, config)), ...spent },
    ...{ parameters, safety, recipe: path.join(folder.dir, 'recipe.json'), run, folder: folder.dir },
    notes: [
      ...data.notes,
      ...learning.halves.notes,
      ...memoryNotes(config, winner),
      ...nameNotes(folder, run),
      ...warnings(parameters),
      ...safetyWarnings(safety),
    ],
  };
  await writeJson(folder, 'summary.json', summary);
  return summary;
}

/** The expression-safe check by the best network of the training that is kept; `safety.json` of the folder. */
async function checkedSafety(
  { config, halves, folder, data }: Learning,
  { place, found: { winner, recipe }, run }: { place: TrainingPlace; found: Found; run: string },
  job: JobContext,
): Promise<SafetyReport> {
  const clips = await middleClips(halves.selection, data.clips, config, MOST_SAFETY_CLIPS);
  const { render, dispose } = recipeRenderer(config, recipe, config.epochs);
  try {
    const checked = await withBestNetwork(winner.name, place, (instance) =>
      expressionSafety({ instance, clips, recipe: render, seed: config.seed }, job),
    );
    const report = { judge: run, ...checked };
    await writeJson(folder, 'safety.json', report);
    return report;
  } finally {
    dispose();
  }
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
    ...{ dir: path.join(folder.dir, 'alone'), classes, clips, engine, manifest, recordsSampling: !pictures },
    ...{ trainVideos: train, valVideos: selection, outerVideos: outer },
  };
}

function dividedValidation({ val, divide }: SearchData, seed: number): Learning['halves'] {
  const { taken, rest, notes } = divide(val, OUTER_SHARE, new Rng(seed).fork('augmentation-halves'));
  if (taken.length > 0 && rest.length > 0) return { outer: taken, selection: rest, notes };
  throw new AppError('bad-input', `${val.length} validation videos cannot be divided: half moves the augmenter.`, {
    hint: 'Add videos, or raise valFraction.',
  });
}

/** Mean and spread of the last epoch. */
function parametersOf(recipe: Recipe): LearnAugmentationSummary['parameters'] {
  const last = recipe.kind === 'network' ? recipe.changes.at(-1) : undefined;
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

/** Seconds of a training of full length without augmentation, from the fastest of the epochs that were timed. */
async function plainSeconds(dir: string, { epochs }: ResolvedConfig): Promise<number> {
  const run = await openRunFolder(dir, PLAIN);
  try {
    return epochs * Math.min(...(await run.readEpochs()).map(({ seconds }) => seconds));
  } finally {
    await run.close();
  }
}
