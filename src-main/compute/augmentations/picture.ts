/** A search for an augmentation as it stands, made from what lies in its folder. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { augmenter } from '../../../models/augmenter.ts';
import type { LearnAugmentationSummary, SafetyReport } from '../../contract/learn-augmentation.ts';
import type {
  AugmentationDetail,
  AugmentationPicture,
  AugmentationTraining,
  ParameterEpochs,
} from '../../contract/window/augmentation.ts';
import type { Project } from '../../store/project.ts';
import { openRunFolder, readRunFile, runExists } from '../../store/run-folder.ts';
import { epochsOf } from '../../train/augmentation/change-record.ts';
import { parseStoredOuter } from '../../train/augmentation/learned-augmentation.ts';
import type { Recipe } from '../../train/augmentation/recipe.ts';
import { parseLastState } from '../../train/checkpoint.ts';
import { folderPictures } from '../folder-pictures.ts';
import { readRecipe } from '../learn-augmentation/recipe.ts';
import { readJson, readSearchState, readSummary } from '../search-pooling/folder.ts';
import { RESULT } from '../training-executor.ts';
import { storedAugmentation, type StoredAugmentation } from './stored.ts';
import { strengthsOf } from './strengths.ts';

/** @throws AppError `not-found` */
export async function augmentationDetail(project: Project, run: string): Promise<AugmentationDetail> {
  const { name, createdAt, asked, config } = await storedAugmentation(project, run);
  return { name, createdAt, method: asked.method, config };
}

/** Pictures of a search, at first and whenever something in its folder has changed. */
export async function* followAugmentation(
  project: Project,
  run: string,
  signal: AbortSignal,
): AsyncGenerator<AugmentationPicture> {
  const stored = await storedAugmentation(project, run);
  yield* folderPictures(stored.dir, () => pictureOf(stored), signal);
}

/** The recipe of a search that has come so far; null before. */
export async function recipeOfStored({ dir }: Pick<StoredAugmentation, 'dir'>): Promise<Recipe | null> {
  const file = path.join(dir, 'recipe.json');
  return existsSync(file) ? readRecipe(file) : null;
}

async function pictureOf(stored: StoredAugmentation): Promise<AugmentationPicture> {
  const summary = await readSummary<LearnAugmentationSummary>(stored);
  const state = summary === null ? await readSearchState(stored) : { status: 'finished' as const, error: null };
  const recipe = await recipeOfStored(stored);
  return {
    ...state,
    trainings: await trainingsOf(stored.dir),
    changes:
      recipe?.kind === 'network'
        ? { parameters: recipe.parameters, epochs: recipe.changes }
        : await learnedSoFar(stored),
    strengths: recipe === null ? null : strengthsOf(recipe),
    recipe: recipe?.kind ?? null,
    safety: summary?.safety ?? ((await readJson(stored, 'safety.json')) as SafetyReport | null),
    summary,
  };
}

async function trainingsOf(dir: string): Promise<AugmentationTraining[]> {
  const runs = path.join(dir, 'alone');
  const names = existsSync(runs) ? (await readdir(runs)).filter((name) => runExists(runs, name)) : [];
  return Promise.all(
    names.map(async (name) => {
      const run = await openRunFolder(runs, name);
      const done = existsSync(path.join(runs, name, RESULT));
      return { name, epochs: await run.readEpochs(), epochsPlanned: run.config.epochs, done };
    }),
  );
}

const envelope = z.object({ state: z.unknown() });

/** What an augmenter that is still learning has drawn, from the checkpoint of its training. */
async function learnedSoFar({ dir, asked }: StoredAugmentation): Promise<ParameterEpochs | null> {
  const alone = path.join(dir, 'alone');
  if (!runExists(alone, asked.method)) return null;
  const stored = envelope.safeParse(await readRunFile(alone, asked.method, 'checkpoint-last.json'));
  if (!stored.success) return null;
  const { outer } = parseLastState(stored.data.state);
  if (!augmenterState.safeParse(outer).success) return null;
  const epochs = epochsOf(parseStoredOuter(outer).changes);
  return { parameters: [...augmenter(asked.network).parameters], epochs };
}

/** Methods without an augmenter keep other states. */
const augmenterState = z.object({ changes: z.object({ past: z.array(z.unknown()) }) });
