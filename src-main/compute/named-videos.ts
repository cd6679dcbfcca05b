import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { JobContext } from '../contract/progress.ts';
import type { MediaKind, QuarantineRecord } from '../contract/records.ts';
import { scanFolder } from '../media/scan.ts';

export type NamedVideo = { path: string; kind: MediaKind };

/**
 * The videos behind paths that somebody named: files, folders of numbered frames, and of any other folder all that is in
 * it. Each once; a path that leads to none is under `failed`.
 * @throws AppError `aborted`
 */
export async function namedVideos(
  paths: readonly string[],
  job: JobContext,
): Promise<{ videos: NamedVideo[]; failed: QuarantineRecord[] }> {
  const videos = new Map<string, NamedVideo>();
  const failed: QuarantineRecord[] = [];
  for (const named of paths) {
    const found = await behind(named, job);
    if ('reason' in found) failed.push(found);
    else for (const video of found.videos) videos.set(video.path, video);
  }
  return { videos: [...videos.values()], failed };
}

async function behind(named: string, job: JobContext): Promise<{ videos: NamedVideo[] } | QuarantineRecord> {
  const facts = await stat(named).catch(() => null);
  if (facts === null) return { path: named, code: 'not-found', reason: 'there is no such file or folder.' };
  if (!facts.isDirectory()) return { videos: [{ path: named, kind: 'file' }] };
  const { videos, skipped } = await scanFolder(named, job);
  if (videos.length > 0) return { videos: videos.map(({ path: at, kind }) => ({ path: path.join(named, at), kind })) };
  const reason = skipped[0]?.reason ?? 'there are no videos and no numbered frames in it.';
  return { path: named, code: 'unsupported-file', reason };
}
