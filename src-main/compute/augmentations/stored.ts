/** Searches for an augmentation as they lie in a project, to be listed, looked at and gone on with. */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { ResolvedConfig } from '../../contract/config.ts';
import { AppError } from '../../contract/errors.ts';
import {
  AUGMENTATION_METHODS,
  AUGMENTER_NETWORKS,
  PREDEFINED_LEVELS,
  type LearnAugmentationOptions,
  type LearnAugmentationSummary,
} from '../../contract/learn-augmentation.ts';
import type { AugmentationCurve, AugmentationRow } from '../../contract/window/augmentation.ts';
import { parseResolvedConfig } from '../../data/config-resolution.ts';
import { ownFolders } from '../../store/project.ts';
import type { Project } from '../../store/project.ts';
import { openRunFolder, runExists } from '../../store/run-folder.ts';
import { ASKED, readJson, readSearchState, readSummary } from '../search-pooling/folder.ts';
import { settingPairs } from '../setting-pairs.ts';

const askedSchema = z.object({
  job: z.literal('learn-augmentation'),
  method: z.enum(AUGMENTATION_METHODS),
  network: z.enum(AUGMENTER_NETWORKS),
  level: z.enum(PREDEFINED_LEVELS).optional(),
  augmenterRate: z.number(),
  trials: z.number().optional(),
  childEpochs: z.number().optional(),
  images: z.string().nullable(),
  config: z.unknown(),
});

/** What a search was started with. */
export type StoredAugmentation = {
  dir: string;
  name: string;
  createdAt: string;
  asked: z.output<typeof askedSchema>;
  config: ResolvedConfig;
};

type Place = Pick<Project, 'dir'>;

/** Searches for an augmentation, newest last; other folders, and broken ones, are left out. */
export async function storedAugmentations(project: Place): Promise<StoredAugmentation[]> {
  const all = ownFolders(project.dir).searches;
  if (!existsSync(all)) return [];
  const found = await Promise.all(
    (await readdir(all)).map((name) => storedAugmentation(project, name).catch(() => null)),
  );
  return found.filter((one) => one !== null).sort((a, b) => a.createdAt.localeCompare(b.createdAt));
}

/** @throws AppError `not-found`, `corrupt` */
export async function storedAugmentation(project: Place, name: string): Promise<StoredAugmentation> {
  const dir = path.join(ownFolders(project.dir).searches, path.basename(name));
  const parsed = askedSchema.safeParse(await readJson({ dir }, ASKED));
  if (!parsed.success)
    throw new AppError('not-found', `There is no search for an augmentation ${name} in the project.`);
  const file = path.join(dir, ASKED);
  const { mtime } = await stat(file);
  return {
    dir,
    name,
    createdAt: mtime.toISOString(),
    asked: parsed.data,
    config: parseResolvedConfig(parsed.data.config, file),
  };
}

/** What `learnAugmentation` has to be asked for to go on with a search; null where there is none yet. */
export async function optionsOfStoredAugmentation(
  project: string,
  name: string,
): Promise<Omit<LearnAugmentationOptions, 'project' | 'out' | 'run' | 'resume'> | null> {
  const stored = await storedAugmentation({ dir: project }, name).catch(() => null);
  if (stored === null) return null;
  const { method, network, augmenterRate, images, level, trials, childEpochs } = stored.asked;
  return {
    ...{ method, network, augmenterRate, images },
    ...(level !== undefined && { level }),
    ...(trials !== undefined && { trials }),
    ...(childEpochs !== undefined && { childEpochs }),
    ...{ model: stored.config.model, epochs: null, seed: stored.config.seed, set: settingPairs(stored.config) },
  };
}

/** Searches as the tab lists them. */
export async function augmentationRows(project: Place): Promise<AugmentationRow[]> {
  return Promise.all((await storedAugmentations(project)).map(rowOf));
}

async function rowOf(stored: StoredAugmentation): Promise<AugmentationRow> {
  const { name, createdAt, asked, config } = stored;
  const summary = await readSummary<LearnAugmentationSummary>(stored);
  const state = summary === null ? await readSearchState(stored) : { status: 'finished' as const, error: null };
  const facts = { name, createdAt, ...state, method: asked.method, model: config.model, seed: config.seed };
  if (summary === null) return { ...facts, result: null };
  const { war, uar, judgedOn, cost, recipe } = summary;
  return { ...facts, result: { war, uar, judgedOn, cost, recipe } };
}

/** Epochs of the network that each finished search keeps. */
export async function augmentationCurves(
  project: Pick<Project, 'dir' | 'runsDir'>,
  names: readonly string[],
): Promise<AugmentationCurve[]> {
  const curves = await Promise.all(names.map((name) => augmentationCurve(project, name)));
  return curves.filter((curve) => curve !== null);
}

async function augmentationCurve(
  project: Pick<Project, 'dir' | 'runsDir'>,
  name: string,
): Promise<AugmentationCurve | null> {
  const stored = await storedAugmentation(project, name).catch(() => null);
  const summary = stored && (await readSummary<LearnAugmentationSummary>(stored));
  if (summary === null || !runExists(project.runsDir, summary.run)) return null;
  const run = await openRunFolder(project.runsDir, summary.run);
  return { name, method: summary.method, epochs: await run.readEpochs() };
}
