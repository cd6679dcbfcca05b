import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { throwIfAborted, toAppError } from '../../contract/errors.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { MediaInfo, QuarantineRecord } from '../../contract/records.ts';
import type { Playback } from '../../contract/window/label.ts';
import { playsInChromium, proxyRate, writeProxy } from '../../media/proxy.ts';
import type { Project } from '../../store/project.ts';
import { cacheDir } from '../library/cache-folder.ts';

/** Where the proxy of a video lies, if there is one. It can be made again at any time. */
export function proxyPath(project: Project, id: string): string {
  return path.join(cacheDir(project), 'proxies', `${id}.mp4`);
}

/** What a player gets for a video. A proxy wins: it is made only where the original does not play. */
export function playbackOf(project: Project, id: string): Playback {
  const { path: stored, kind, media } = project.video(id);
  if (existsSync(proxyPath(project, id))) return { how: 'proxy', fps: proxyRate(media) };
  if (project.isMissing(id))
    return {
      how: 'none',
      why: 'Its file has gone or moved. Find moved media in the Library looks for it.',
      canMake: false,
    };
  if (playsInChromium(stored, { ...media, kind })) return { how: 'original' };
  const what =
    kind === 'frames'
      ? 'A folder of pictures'
      : `${media.codec.toUpperCase()} in ${path.extname(stored) || 'this file'}`;
  return { how: 'none', why: `${what} does not play here as it is.`, canMake: true };
}

/** The same for a video from outside of the project, of which no copy is made. */
export function playbackOfNewcomer(file: string, media: Pick<MediaInfo, 'kind' | 'codec'>): Playback {
  if (playsInChromium(file, media)) return { how: 'original' };
  return { how: 'none', why: 'This video does not play here. It was predicted all the same.', canMake: false };
}

export type ProxySummary = { made: number; failed: QuarantineRecord[] };

/**
 * Makes copies that play, in the cache of the project: of the given videos, or of all that need one.
 * @throws AppError `aborted`; a video that fails is listed, and the rest goes on
 */
export async function makeProxies(project: Project, ids: readonly string[], job: JobContext): Promise<ProxySummary> {
  const wanted = ids.length > 0 ? ids : videosWithoutPlayback(project);
  await mkdir(path.dirname(proxyPath(project, '')), { recursive: true });
  const failed: QuarantineRecord[] = [];
  for (const [done, id] of wanted.entries()) {
    throwIfAborted(job.signal);
    const video = project.video(id);
    job.onProgress?.({ stage: 'proxy', done, total: wanted.length, detail: video.path });
    const source = { path: project.mediaPath(id), kind: video.kind, media: video.media, index: project.frameIndex(id) };
    try {
      await writeProxy(source, proxyPath(project, id), job.signal ? { signal: job.signal } : {});
    } catch (error) {
      const { code, message } = toAppError(error);
      if (code === 'aborted') throw error;
      failed.push({ path: video.path, code, reason: message });
    }
  }
  job.onProgress?.({ stage: 'proxy', done: wanted.length, total: wanted.length });
  return { made: wanted.length - failed.length, failed };
}

function videosWithoutPlayback(project: Project): string[] {
  return project.listVideos().flatMap(({ id }) => {
    const playback = playbackOf(project, id);
    return playback.how === 'none' && playback.canMake ? [id] : [];
  });
}
