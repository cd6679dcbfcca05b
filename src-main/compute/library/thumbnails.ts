import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { AppError, throwIfAborted } from '../../contract/errors.ts';
import { pictureAt } from '../../media/picture-at.ts';
import { writeFileAtomic } from '../../store/atomic-write.ts';
import { openCropPack } from '../../store/crop-pack-reader.ts';
import type { Project } from '../../store/project.ts';
import { packPathOf } from '../prepare-video.ts';
import { facePictures } from '../thumbnails.ts';
import { thumbnailsDir } from './cache-folder.ts';

/** Side of a thumbnail in pixels: twice that of a cell of the grid, for fine screens. */
const SIDE = 192;
const QUALITY = 80;
/** Pictures that are made at one time; each may start a decoder. */
const AT_ONCE = 2;

/** A picture of a video at a time, or of its middle. */
export type WantedThumbnail = { id: string; timeSec: number | null };

/**
 * Square JPEGs: the face at the time where the video is prepared, else the middle of the picture. They are kept in the
 * cache folder. Null for a video that has gone or cannot be decoded.
 * @throws AppError `aborted`
 */
export async function libraryThumbnails(
  project: Project,
  wanted: readonly WantedThumbnail[],
  signal?: AbortSignal,
): Promise<(Uint8Array | null)[]> {
  const folder = await thumbnailsDir(project);
  const made: (Uint8Array | null)[] = [];
  const queue = wanted.entries();
  const work = async () => {
    for (const [i, one] of queue) {
      throwIfAborted(signal);
      made[i] = await thumbnailOf(project, { folder, ...one }, signal);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return made;
}

type Place = WantedThumbnail & { folder: string };

async function thumbnailOf(project: Project, place: Place, signal?: AbortSignal): Promise<Uint8Array | null> {
  if (!project.hasVideo(place.id)) return null;
  const file = path.join(place.folder, `${place.id}-${await versionOf(project, place)}.jpg`);
  const kept = await readFile(file).catch(() => null);
  if (kept !== null) return plainBytes(kept);
  try {
    const jpeg = (await fromPack(project, place)) ?? (await fromVideo(project, place, signal));
    if (jpeg !== null) await writeFileAtomic(file, jpeg);
    return jpeg === null ? null : plainBytes(jpeg);
  } catch (error) {
    if (error instanceof AppError && error.code !== 'aborted' && error.code !== 'bug') return null;
    throw error;
  }
}

/** Time and crop pack that a kept thumbnail was made from. */
async function versionOf(project: Project, { id, timeSec }: Place): Promise<string> {
  const pack = await stat(packPathOf(project.cropsDir, id)).catch(() => null);
  const time = timeSec === null ? 'middle' : String(Math.round(1000 * timeSec));
  return `${time}-${pack === null ? 'video' : Math.round(pack.mtimeMs).toString(36)}`;
}

async function fromPack(project: Project, { id, timeSec }: Place): Promise<Uint8Array | null> {
  try {
    const { pack, index } = await openCropPack(packPathOf(project.cropsDir, id));
    const [picture] = await facePictures(pack, index, { timesSec: [timeSec ?? index.durationSec / 2], side: SIDE });
    return picture?.jpeg ?? null;
  } catch (error) {
    if (error instanceof AppError && (error.code === 'not-found' || error.code === 'corrupt')) return null;
    throw error;
  }
}

async function fromVideo(project: Project, { id, timeSec }: Place, signal?: AbortSignal): Promise<Buffer | null> {
  const { kind, media } = project.video(id);
  const source = { path: project.mediaPath(id), kind, media, index: project.frameIndex(id) };
  const at = { timeSec: timeSec ?? media.durationSec / 2, maxSide: 2 * SIDE };
  const picture = await pictureAt(source, at, signal ? { signal } : {});
  if (picture === null) return null;
  const { width, height, rgb } = picture;
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize(SIDE, SIDE, { fit: 'cover', position: 'centre' })
    .jpeg({ quality: QUALITY })
    .toBuffer();
}

/** A copy that shares no memory with Node's pool, so that it crosses a port alone. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
