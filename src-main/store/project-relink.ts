import path from 'node:path';
import { throwIfAborted } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import type { VideoRecord } from '../contract/records.ts';
import { contentHash } from '../media/content-hash.ts';
import { scanFolder } from '../media/scan.ts';

/**
 * Looks for moved videos in a folder and all below it: first by size, then by content, whatever they are called now.
 * What cannot be read is passed over.
 * @returns the new absolute path of each video that was found, by id; hand it to `Project.relink`
 * @throws AppError `not-found` for the folder, `aborted`
 */
export async function findMoved(
  videos: readonly Pick<VideoRecord, 'id' | 'kind' | 'sizeBytes' | 'contentHash'>[],
  searchFolder: string,
  job: JobContext = {},
): Promise<Map<string, string>> {
  const wanted = new Map(videos.map((video) => [video.contentHash, video]));
  const sizes = new Set(videos.map((video) => `${video.kind} ${video.sizeBytes}`));
  const { videos: there } = await scanFolder(searchFolder, job);
  const candidates = there.filter((item) => sizes.has(`${item.kind} ${item.sizeBytes}`));
  const found = new Map<string, string>();
  for (const [i, candidate] of candidates.entries()) {
    const place = path.resolve(searchFolder, candidate.path);
    const hash = await contentHash({ path: place, kind: candidate.kind }, job).catch(() => null);
    throwIfAborted(job.signal);
    const video = hash === null ? undefined : wanted.get(hash);
    if (video !== undefined && !found.has(video.id)) found.set(video.id, place);
    job.onProgress?.({ stage: 'relink', done: i + 1, total: candidates.length, detail: candidate.path });
  }
  return found;
}
