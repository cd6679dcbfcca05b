/**
 * The folder of a pooling search, `searches/<name>`: `search.json` (what was asked), the run of the shared weights
 * (`shared/`), `evaluation.json` (accuracy of paths), the networks trained alone (`alone/`), `table.csv` where all were,
 * and `summary.json` once it is over. Nothing of it is ever deleted.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../contract/errors.ts';
import type { PoolingSearchSummary } from '../contract/pooling-search.ts';
import { writeFileAtomic } from '../store/atomic-write.ts';
import { runExists } from '../store/run-folder.ts';
import type { TrainingResult } from './training-executor.ts';

const evaluationSchema = z.strictObject({
  /** Accuracy by `<configuration>/<supernet>`. */
  accuracies: z.record(z.string(), z.number()),
  passes: z.number(),
  seconds: z.number(),
});
export type StoredEvaluation = z.infer<typeof evaluationSchema>;

export type SearchFolder = { dir: string; name: string; runsDir: string };

const MANIFEST = 'manifest.json';

/**
 * The folder of a search, new or resumed; nothing is written yet.
 * @param asked - everything that decides the numbers, as JSON
 * @throws AppError `bad-input` for a name that is taken, `bad-config` where a resumed search was asked otherwise
 */
export async function findSearchFolder(folder: SearchFolder, asked: object, resume: boolean): Promise<SearchFolder> {
  const { name, runsDir } = folder;
  const stored = await readJson(folder, 'search.json');
  const taken = stored !== null || runExists(runsDir, name);
  if (taken && !(resume && stored !== null))
    throw new AppError('bad-input', `There is a search or a run ${name} already.`, {
      hint: 'Go on with a search by --resume, or choose another name with --run.',
    });
  if (stored !== null) refuseOther(name, stored as Record<string, unknown>, jsonOf(asked));
  return folder;
}

/** Puts down what was asked, once it is known that there is data for it. */
export async function startSearchFolder(folder: SearchFolder, asked: object): Promise<void> {
  await mkdir(folder.dir, { recursive: true });
  await writeJson(folder, 'search.json', jsonOf(asked));
}

function jsonOf(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}

export async function readSummary<Summary = PoolingSearchSummary>(folder: SearchFolder): Promise<Summary | null> {
  return (await readJson(folder, 'summary.json')) as Summary | null;
}

export async function readEvaluation(folder: SearchFolder): Promise<StoredEvaluation> {
  const stored = await readJson(folder, 'evaluation.json');
  return stored === null ? { accuracies: {}, passes: 0, seconds: 0 } : evaluationSchema.parse(stored);
}

export async function writeJson(folder: SearchFolder, file: string, value: unknown): Promise<void> {
  await writeFileAtomic(path.join(folder.dir, file), `${JSON.stringify(value, null, 2)}\n`);
}

/** Makes a run of the project out of the winner's, under the name of the search; the manifest comes last. */
export async function publishWinner(folder: SearchFolder, winner: Pick<TrainingResult, 'name'>): Promise<void> {
  const from = path.join(folder.dir, 'alone', winner.name);
  const to = path.join(folder.runsDir, folder.name);
  await mkdir(folder.runsDir, { recursive: true });
  await cp(from, to, { recursive: true, filter: (file) => path.basename(file) !== MANIFEST });
  const manifest = JSON.parse(await readFile(path.join(from, MANIFEST), 'utf8')) as object;
  const named = { ...manifest, name: folder.name };
  await writeFileAtomic(path.join(to, MANIFEST), `${JSON.stringify(named, null, 2)}\n`);
}

async function readJson(folder: SearchFolder, file: string): Promise<unknown> {
  const place = path.join(folder.dir, file);
  if (!existsSync(place)) return null;
  try {
    return JSON.parse(await readFile(place, 'utf8')) as unknown;
  } catch (cause) {
    throw new AppError('corrupt', `${place}: not JSON.`, { cause, hint: 'Start a search under another name.' });
  }
}

function refuseOther(name: string, stored: Record<string, unknown>, asked: Record<string, unknown>): void {
  const key = Object.keys({ ...stored, ...asked }).find((one) => !isDeepStrictEqual(stored[one], asked[one]));
  if (key === undefined) return;
  throw new AppError('bad-config', `--resume of ${name}: ${key} is not what the search was started with.`, {
    hint: 'Repeat the options of the search, or start a new one under another name.',
  });
}
