import type { AppApi } from '../../contract/api.ts';
import type { LearnAugmentationSummary } from '../../contract/learn-augmentation.ts';
import type { PoolingSearchSummary } from '../../contract/pooling-search.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { JobRequest } from '../../contract/window/jobs.ts';
import { optionsOfStoredAugmentation } from '../../compute/augmentations/stored.ts';
import { optionsOfStored } from '../../compute/search-pooling/stored.ts';

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

/** Finds an augmentation on the videos of the project, or goes on with it. */
export async function learnAugmentation(
  { api, project }: Target,
  request: Extract<JobRequest, { kind: 'learn-augmentation' }>,
  job: JobContext,
): Promise<LearnAugmentationSummary> {
  const { run, engine, resume, epochs = null, network, trials, childEpochs } = request;
  const { method, augmenterRate, model, seed, set } = request;
  const stored = resume ? await optionsOfStoredAugmentation(project, run) : null;
  const chosen = {
    ...(network !== undefined && { network }),
    ...(trials !== undefined && { trials }),
    ...(childEpochs !== undefined && { childEpochs }),
  };
  const fresh = { method, augmenterRate, model, seed, set, ...chosen, images: null, epochs };
  const asked = stored ?? fresh;
  return api.learnAugmentation({ ...asked, project, out: project, run, engine, resume }, job);
}
