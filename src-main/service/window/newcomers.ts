import { mkdir } from 'node:fs/promises';
import { playbackOfNewcomer } from '../../compute/labels/proxies.ts';
import { newcomersDir } from '../../compute/library/cache-folder.ts';
import type { AppApi, PredictOptions } from '../../contract/api.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { JobOutputs, JobRequest } from '../../contract/window/jobs.ts';

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
    played.push({ path, timesSec, startSec: media.startSec, playback: playbackOfNewcomer(path, { ...media, kind }) });
  const summary = await api.predict({ ...request, project, cropsDir, onExamined }, job);
  return { ...summary, played };
}
