import type { AppApi } from '../../contract/api.ts';
import type { PoolingSearchSummary } from '../../contract/pooling-search.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { JobRequest } from '../../contract/window/jobs.ts';
import { optionsOfStored } from '../../compute/search-stored.ts';

type Target = { api: AppApi; project: string };

/** Searches on the videos of the project; a search that goes on does so with what it was started with. */
export async function searchPooling(
  { api, project }: Target,
  request: Extract<JobRequest, { kind: 'search-pooling' }>,
  job: JobContext,
): Promise<PoolingSearchSummary> {
  const { run, engine, resume, epochs = null, aloneEpochs = null } = request;
  const stored = resume ? await optionsOfStored(project, run) : null;
  const asked = stored ?? { ...request, images: null, epochs, aloneEpochs };
  return api.searchPooling({ ...asked, project, out: project, run, engine, resume }, job);
}
