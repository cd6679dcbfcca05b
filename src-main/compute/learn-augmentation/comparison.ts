/**
 * Several ways to find an augmentation under one budget: the same data, seed, settings and epochs. Each is a search of its
 * own, so what is finished stays; the comparison itself is the folder `searches/<run>` with the table.
 */
import path from 'node:path';
import { AppError } from '../../contract/errors.ts';
import type {
  AugmentationMethod,
  AugmentationTableRow,
  LearnAugmentationOptions,
  LearnAugmentationSummary,
} from '../../contract/learn-augmentation.ts';
import type { JobContext } from '../../contract/progress.ts';
import { ownFolders } from '../../store/project.ts';
import { augmentationConfig } from './settings.ts';
import { findSearchFolder, readSummary, startSearchFolder, writeJson } from '../search-pooling/folder.ts';

type Comparison<Options> = {
  dir: string;
  runsDir: string;
  options: Options;
  methods: readonly AugmentationMethod[];
  learn: (options: Options, job: JobContext) => Promise<LearnAugmentationSummary>;
};

/** @throws AppError `bad-config` for fewer than two methods, and whatever a single search throws */
export async function compareAugmentations<Options extends LearnAugmentationOptions>(
  { dir, runsDir, options, methods, learn }: Comparison<Options>,
  job: JobContext,
): Promise<LearnAugmentationSummary> {
  if (new Set(methods).size < Math.max(2, methods.length))
    throw new AppError('bad-config', `compare: expected two or more different methods, found '${methods.join(',')}'.`, {
      hint: 'For example: --compare none,predefined,learned',
    });
  const { run, network, level, augmenterRate, trials, childEpochs, images, resume } = options;
  const searched = { methods, network, level, augmenterRate, trials, childEpochs };
  const asked = { version: 1, job: 'compare-augmentations', ...searched, images, config: augmentationConfig(options) };
  const where = { dir: path.join(ownFolders(dir).searches, run), name: run, runsDir };
  const folder = await findSearchFolder(where, asked, resume);
  const finished = await readSummary<LearnAugmentationSummary>(folder);
  if (finished !== null) return finished;
  const summaries: LearnAugmentationSummary[] = [];
  for (const [i, method] of methods.entries()) {
    const own = { ...options, method, run: `${run}-${method}` };
    summaries.push(await learn(own, under(job, method)));
    if (i === 0) await startSearchFolder(folder, asked);
    await writeJson(folder, 'table.json', summaries.map(rowOf));
  }
  const best = summaries.reduce((one, other) => (other.valWar > one.valWar ? other : one));
  const summary = { ...best, table: summaries.map(rowOf) };
  await writeJson(folder, 'summary.json', summary);
  return summary;
}

function rowOf({ method, war, uar, valWar, cost, recipe, run }: LearnAugmentationSummary): AugmentationTableRow {
  return { method, war, uar, valWar, ...cost, recipe, run };
}

function under({ signal, onProgress }: JobContext, method: AugmentationMethod): JobContext {
  return {
    ...(signal && { signal }),
    ...(onProgress && { onProgress: (progress) => onProgress({ ...progress, stage: `${method}: ${progress.stage}` }) }),
  };
}
