/** Searches as they lie in a project, to be listed, looked at and gone on with. */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { ResolvedConfig } from '../../contract/config.ts';
import { AppError } from '../../contract/errors.ts';
import { POOLING_SEARCH_METHODS, type PoolingSearchOptions } from '../../contract/pooling-search.ts';
import type { SearchRow } from '../../contract/window/pooling-search.ts';
import { parseResolvedConfig } from '../../data/config-resolution.ts';
import { ownFolders } from '../../store/project.ts';
import type { Project } from '../../store/project.ts';
import { settingPairs } from '../setting-pairs.ts';
import { ASKED, readJson, readSearchState, readSummary } from './folder.ts';

const askedSchema = z.object({
  method: z.enum(POOLING_SEARCH_METHODS),
  supernets: z.number(),
  topK: z.number(),
  images: z.string().nullable(),
  alone: z.unknown(),
  shared: z.unknown(),
});

/** What a search was started with. */
export type StoredSearch = {
  dir: string;
  name: string;
  createdAt: string;
  asked: Pick<PoolingSearchOptions, 'method' | 'supernets' | 'topK' | 'images'> & {
    alone: ResolvedConfig;
    shared: ResolvedConfig;
  };
};

/** Pooling searches of a project, newest last. Folders of other searches, and broken ones, are left out. */
export async function storedSearches(project: Pick<Project, 'dir'>): Promise<StoredSearch[]> {
  const all = ownFolders(project.dir).searches;
  if (!existsSync(all)) return [];
  const names = await readdir(all);
  const found = await Promise.all(names.map((name) => storedSearch(project, name).catch(() => null)));
  return found.filter((one) => one !== null).sort((a, b) => a.createdAt.localeCompare(b.createdAt));
}

/** @throws AppError `not-found`, `corrupt` */
export async function storedSearch(project: Pick<Project, 'dir'>, name: string): Promise<StoredSearch> {
  const dir = path.join(ownFolders(project.dir).searches, path.basename(name));
  const file = path.join(dir, ASKED);
  const stored = await readJson({ dir }, ASKED);
  const parsed = askedSchema.safeParse(stored);
  if (!parsed.success) throw new AppError('not-found', `There is no pooling search ${name} in the project.`);
  const { mtime } = await stat(file);
  const { method, supernets, topK, images } = parsed.data;
  const [alone, shared] = [parsed.data.alone, parsed.data.shared].map((one) => parseResolvedConfig(one, file));
  return {
    ...{ dir, name, createdAt: mtime.toISOString() },
    asked: { method, supernets, topK, images, alone: alone!, shared: shared! },
  };
}

/** What `searchPooling` has to be asked for to go on with a search; null where there is none yet. */
export async function optionsOfStored(
  project: string,
  name: string,
): Promise<Omit<PoolingSearchOptions, 'project' | 'out' | 'run' | 'resume'> | null> {
  const stored = await storedSearch({ dir: project }, name).catch(() => null);
  if (stored === null) return null;
  const { method, supernets, topK, images, alone, shared } = stored.asked;
  const budget = { epochs: shared.epochs, aloneEpochs: null, seed: alone.seed };
  return { method, supernets, topK, images, model: alone.model, ...budget, set: settingPairs(alone) };
}

/** Pooling searches as the tab lists them. */
export async function searchRows(project: Pick<Project, 'dir'>): Promise<SearchRow[]> {
  return Promise.all((await storedSearches(project)).map(rowOf));
}

async function rowOf(stored: StoredSearch): Promise<SearchRow> {
  const { name, createdAt, asked } = stored;
  const { best, ...state } = await standOf(stored);
  const { method, supernets, alone } = asked;
  return {
    ...{ name, createdAt, ...state, method, supernets, model: alone.model, seed: alone.seed },
    best: best === undefined ? null : { poolAt: best.poolAt, validation: best.validation, test: best.test },
  };
}

async function standOf(stored: StoredSearch) {
  const summary = await readSummary(stored);
  if (summary !== null) return { status: 'finished' as const, error: null, best: summary.best };
  return readSearchState(stored).then((state) => ({ ...state, best: undefined }));
}
