/** Networks that a search has trained alone, as they stand. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import path from 'node:path';
import { z } from 'zod';
import type { AloneNetwork, SpaceView } from '../../contract/window/pooling-search.ts';
import type { Project } from '../../store/project.ts';
import { openRunFolder, readRunFile, runExists } from '../../store/run-folder.ts';
import { spaceView } from './space-view.ts';
import { searchableCardOf } from './configs.ts';
import { storedSearches, type StoredSearch } from './stored.ts';
import { RESULT, resultSchema } from '../training-executor.ts';
import { classesOf } from '../train.ts';

/** `passes` and `seconds` of a network that is done. */
export type TrainedAlone = AloneNetwork & { passes: number; seconds: number };

/** Networks of the search itself, in the order of their configurations. */
export async function ownAlone({ dir, name, asked }: StoredSearch, space: SpaceView): Promise<TrainedAlone[]> {
  const runs = path.join(dir, 'alone');
  const names = existsSync(runs) ? await readdir(runs) : [];
  const begun = names.flatMap((run) => {
    const configuration = space.configurations.findIndex(({ poolAt }) => poolAt === run);
    return configuration >= 0 && runExists(runs, run) ? [{ run, configuration }] : [];
  });
  const seen = begun.map(async ({ run, configuration }): Promise<TrainedAlone> => {
    const common = { configuration, from: name, epochsPlanned: asked.alone.epochs };
    const stored = await readRunFile(runs, run, RESULT);
    if (stored === null) return { ...common, ...(await underWay(runs, run)), passes: 0, seconds: 0, done: false };
    const { epochs, valWar, passes, seconds } = resultSchema.parse(stored);
    return { ...common, epochs, validation: valWar, passes, seconds, done: true };
  });
  return (await Promise.all(seen)).sort((a, b) => a.configuration - b.configuration);
}

/** Networks that other searches have trained with the same settings on the same videos: they too say how good they are. */
export async function knownAlone(project: Project, search: StoredSearch): Promise<TrainedAlone[]> {
  const { alone } = search.asked;
  const space = spaceView(searchableCardOf(alone.model), alone, classesOf(project).length);
  const others = (await storedSearches(project)).filter(
    (other) => other.name !== search.name && isDeepStrictEqual(other.asked.alone, alone),
  );
  const data = await fingerprintOf(search);
  const own = new Set((await ownAlone(search, space)).map(({ configuration }) => configuration));
  const found = new Map<number, TrainedAlone>();
  for (const other of others) {
    if ((await fingerprintOf(other)) !== data) continue;
    for (const network of await ownAlone(other, space))
      if (network.done && !own.has(network.configuration)) found.set(network.configuration, network);
  }
  return [...found.values()];
}

async function underWay(runs: string, run: string): Promise<Pick<TrainedAlone, 'epochs' | 'validation'>> {
  const folder = await openRunFolder(runs, run);
  const epochs = await folder.readEpochs();
  return { epochs: epochs.length, validation: epochs.findLast(({ best }) => best)?.valWar ?? null };
}

const manifestSchema = z.object({ dataFingerprint: z.string() });

/** Of the videos that a search works on; null before it trains anything. */
async function fingerprintOf({ dir }: StoredSearch): Promise<string | null> {
  const alone = path.join(dir, 'alone');
  const [first] = existsSync(alone) ? await readdir(alone) : [];
  const shared = await readRunFile(dir, 'shared', 'manifest.json');
  const manifest = shared ?? (first === undefined ? null : await readRunFile(alone, first, 'manifest.json'));
  return manifestSchema.safeParse(manifest).data?.dataFingerprint ?? null;
}
