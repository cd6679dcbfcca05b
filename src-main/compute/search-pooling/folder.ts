/**
 * The folder of a pooling search, `searches/<name>`: `search.json` (what was asked), the run of the shared weights
 * (`shared/`), `evaluation.json` (accuracy of paths), the networks trained alone (`alone/`), `table.csv` where all were,
 * `state.json` (whether it was paused or failed) and `summary.json` once it is over. Nothing of it is ever deleted.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../contract/errors.ts';
import type { PoolingSearchSummary } from '../../contract/pooling-search.ts';
import { failureOf, type Failure } from '../../contract/rpc.ts';
import { writeFileAtomic } from '../../store/atomic-write.ts';
import { copyRun } from '../../store/copy-run.ts';
import { openRunFolder, runExists } from '../../store/run-folder.ts';
import type { TrainingResult } from '../training-executor.ts';

const evaluationSchema = z.strictObject({
  /** Accuracy by `<configuration>/<supernet>`. */
  accuracies: z.record(z.string(), z.number()),
  passes: z.number(),
  seconds: z.number(),
});
export type StoredEvaluation = z.infer<typeof evaluationSchema>;

export type SearchFolder = { dir: string; name: string; runsDir: string };

type RunPlace = { runsDir: string; name: string };

/** `searching`: under way, or cut off. */
export type SearchState = { status: 'searching' | 'paused' | 'failed'; error: Failure | null };

const STATE = 'state.json';
/** What was asked. */
export const ASKED = 'search.json';

/**
 * The folder of a search, new or resumed; nothing is written yet.
 * @param asked - everything that decides the numbers, as JSON
 * @throws AppError `bad-input` for a name that is taken, `bad-config` where a resumed search was asked otherwise
 */
export async function findSearchFolder(folder: SearchFolder, asked: object, resume: boolean): Promise<SearchFolder> {
  const { name, runsDir } = folder;
  const stored = await readJson(folder, ASKED);
  const taken = stored !== null || runExists(runsDir, name);
  if (taken && !(resume && stored !== null))
    throw new AppError('bad-input', `There is a search or a run ${name} already.`, {
      hint: 'Go on with a search by --resume, or choose another name with --run.',
    });
  if (stored !== null) refuseOther(name, stored as Record<string, unknown>, jsonOf(asked));
  return folder;
}

/** Puts down what was asked, once it is known that there is data for it; a search that goes on has it already. */
export async function startSearchFolder(folder: SearchFolder, asked: object): Promise<void> {
  if (existsSync(path.join(folder.dir, ASKED))) return;
  await mkdir(folder.dir, { recursive: true });
  await writeJson(folder, ASKED, jsonOf(asked));
}

/**
 * Does the work of a search and notes how it ends unless it ends well; a search that is noted as `searching` while nobody
 * works on it was cut off.
 */
export async function recordingState<T>(folder: SearchFolder, work: () => Promise<T>): Promise<T> {
  await writeJson(folder, STATE, { status: 'searching', error: null } satisfies SearchState);
  try {
    return await work();
  } catch (thrown) {
    const error = failureOf(thrown);
    const status = error.code === 'aborted' ? 'paused' : 'failed';
    await writeJson(folder, STATE, { status, error } satisfies SearchState);
    throw thrown;
  }
}

/** How a search that is not over stands. */
export async function readSearchState(folder: Pick<SearchFolder, 'dir'>): Promise<SearchState> {
  return ((await readJson(folder, STATE)) as SearchState | null) ?? { status: 'searching', error: null };
}

function jsonOf(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}

export async function readSummary<Summary = PoolingSearchSummary>(
  folder: Pick<SearchFolder, 'dir'>,
): Promise<Summary | null> {
  return (await readJson(folder, 'summary.json')) as Summary | null;
}

export async function readEvaluation(folder: Pick<SearchFolder, 'dir'>): Promise<StoredEvaluation> {
  const stored = await readJson(folder, 'evaluation.json');
  return stored === null ? { accuracies: {}, passes: 0, seconds: 0 } : evaluationSchema.parse(stored);
}

export async function writeJson(folder: SearchFolder, file: string, value: unknown): Promise<void> {
  await writeFileAtomic(path.join(folder.dir, file), `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Makes a run of the project out of the winner's; the manifest comes last. Nobody keeps a name free while a search runs, so
 * one that was taken meanwhile gets a number.
 * @returns the name of the run
 */
export async function publishWinner(folder: SearchFolder, winner: Pick<TrainingResult, 'name'>): Promise<string> {
  const alone = { runsDir: path.join(folder.dir, 'alone'), name: winner.name };
  const name = await nameOfWinner(folder, alone);
  await copyRun(alone, { runsDir: folder.runsDir, name });
  return name;
}

/** What the summary of a search says of the name that its winner has got. */
export function nameNotes({ name }: Pick<SearchFolder, 'name'>, run: string): string[] {
  return run === name ? [] : [`Another run took the name ${name} while the search ran: its network is the run ${run}.`];
}

/** The name of the search, or the first numbered one, that is free or was given before an interruption. */
async function nameOfWinner({ name, runsDir }: SearchFolder, alone: RunPlace): Promise<string> {
  for (let number = 1; ; number++) {
    const tried = number === 1 ? name : `${name}-${number}`;
    if (!runExists(runsDir, tried) || (await isCopy(alone, { runsDir, name: tried }))) return tried;
  }
}

async function isCopy(one: RunPlace, other: RunPlace): Promise<boolean> {
  const [from, to] = await Promise.all([one, other].map(({ runsDir, name }) => openRunFolder(runsDir, name)));
  return isDeepStrictEqual({ ...from!.manifest, name: to!.manifest.name }, to!.manifest);
}

/** @returns null where there is no such file. @throws AppError `corrupt` */
export async function readJson(folder: Pick<SearchFolder, 'dir'>, file: string): Promise<unknown> {
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
