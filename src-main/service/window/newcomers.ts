import { mkdir } from 'node:fs/promises';
import { newcomersDir } from '../../compute/library/cache-folder.ts';
import type { AppApi, PredictOptions } from '../../contract/api.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { MediaInfo } from '../../contract/records.ts';
import type { JobOutputs, JobRequest } from '../../contract/window/jobs.ts';
import type { Playback } from '../../contract/window/label.ts';
import { playsInChromium } from '../../media/proxy.ts';

/** Predicts videos from outside; their faces stay in the cache, and their frames can be told apart in the player. */
export async function predictNewcomers(
  { api, project }: { api: AppApi; project: string },
  request: Extract<JobRequest, { kind: 'predict' }>,
  job: JobContext,
): Promise<JobOutputs['predict']> {
  const played: JobOutputs['predict']['played'] = [];
  const cropsDir = newcomersDir({ dir: project });
  await mkdir(cropsDir, { recursive: true });
  const onExamined: PredictOptions['onExamined'] = ({ path, kind, media, timesSec }) =>
    played.push({ path, timesSec, startSec: media.startSec, playback: playbackOf(path, { ...media, kind }) });
  const summary = await api.predict({ ...request, project, cropsDir, onExamined }, job);
  return { ...summary, played };
}

function playbackOf(path: string, media: Pick<MediaInfo, 'kind' | 'codec'>): Playback {
  if (playsInChromium(path, media)) return { how: 'original' };
  return { how: 'none', why: 'This video does not play here. It was predicted all the same.', canMake: false };
}
