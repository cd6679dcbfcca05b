import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AppError, throwIfAborted } from '../../contract/errors.ts';
import type { VideoFaces } from '../../contract/window/library.ts';
import { writeFileAtomic } from '../../store/atomic-write.ts';
import { readCropPackIndex } from '../../store/crop-pack-reader.ts';
import type { Project } from '../../store/project.ts';
import { packPathOf } from '../prepare-video.ts';
import { cacheDir } from './cache-folder.ts';

/** Packs that are looked into at one time. */
const AT_ONCE = 16;

const knownSchema = z.record(
  z.string(),
  z.object({
    stamp: z.string(),
    coverage: z.number(),
    people: z.array(z.object({ person: z.number(), share: z.number() })),
    cropped: z.number().nullable(),
  }),
);
type Known = z.infer<typeof knownSchema>;

/**
 * Face coverage and people of all prepared videos. What was read from a pack is remembered in the cache folder until
 * the pack changes, so that thousands are listed at once.
 * @throws AppError `aborted`
 */
export async function libraryFaces(project: Project, signal?: AbortSignal): Promise<VideoFaces[]> {
  const ids = project.listVideos().map(({ id }) => id);
  const before = await readKnown(project);
  const now: Known = {};
  let changed = false;
  for (let first = 0; first < ids.length; first += AT_ONCE) {
    throwIfAborted(signal);
    await Promise.all(
      ids.slice(first, first + AT_ONCE).map(async (id) => {
        const found = await lookInto(packPathOf(project.cropsDir, id), before[id]);
        if (found === null) return;
        now[id] = found;
        changed ||= found !== before[id];
      }),
    );
  }
  if (changed) await writeKnown(project, now);
  return ids.flatMap((id) => {
    const found = now[id];
    if (found === undefined) return [];
    const { coverage, people, cropped } = found;
    return [{ id, coverage, people, cropped, chosen: project.chosenPerson(id) }];
  });
}

/** Null where there is no pack or it is damaged: `prepare` makes it again. */
async function lookInto(pack: string, known: Known[string] | undefined): Promise<Known[string] | null> {
  try {
    const { mtimeMs, size } = await stat(pack);
    const stamp = `${mtimeMs} ${size}`;
    if (known?.stamp === stamp) return known;
    const { coverage, people, mainPerson } = await readCropPackIndex(pack);
    return { stamp, coverage, people: people.map(({ id, share }) => ({ person: id, share })), cropped: mainPerson };
  } catch (error) {
    if (error instanceof AppError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function knownFile(project: Project): string {
  return path.join(cacheDir(project), 'faces.json');
}

async function readKnown(project: Project): Promise<Known> {
  try {
    return knownSchema.parse(JSON.parse(await readFile(knownFile(project), 'utf8')));
  } catch {
    // A cache that is missing or damaged is made anew.
    return {};
  }
}

async function writeKnown(project: Project, known: Known): Promise<void> {
  await mkdir(cacheDir(project), { recursive: true });
  await writeFileAtomic(knownFile(project), JSON.stringify(known));
}
