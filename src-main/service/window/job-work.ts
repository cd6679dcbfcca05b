import path from 'node:path';
import type { AppApi } from '../../contract/api.ts';
import type { ComputeJob } from '../../contract/compute.ts';
import { AppError } from '../../contract/errors.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { JobKind, JobOutcome, JobOutputs, JobRequest } from '../../contract/window/jobs.ts';
import { predictNewcomers } from './newcomers.ts';
import { learnAugmentation, searchPooling } from './search-jobs.ts';

type RequestOf<K extends JobKind> = Extract<JobRequest, { kind: K }>;
type Target = { api: AppApi; project: string };

/** Does what a job asks for through the service of the command line, so that both give the same numbers. */
export async function doJob(api: AppApi, { request, project }: ComputeJob, job: JobContext): Promise<JobOutcome> {
  if (request.kind === 'sample-project') return { kind: request.kind, output: await makeSample(api, request, job) };
  if (request.kind === 'doctor') return { kind: request.kind, output: await api.doctor(request, job) };
  if (project === null)
    throw new AppError('bad-input', `A job of the kind ${request.kind} needs a project.`, { hint: 'Open one first.' });
  const work = projectWork[request.kind] as (t: Target, r: JobRequest, j: JobContext) => Promise<unknown>;
  return { kind: request.kind, output: await work({ api, project }, request, job) } as JobOutcome;
}

type ProjectWork = {
  [K in Exclude<JobKind, 'sample-project' | 'doctor'>]: (
    target: Target,
    request: RequestOf<K>,
    job: JobContext,
  ) => Promise<JobOutputs[K]>;
};

const projectWork: ProjectWork = {
  import: ({ api, project }, request, job) => api.importVideos({ ...request, project }, job),
  prepare: ({ api, project }, request, job) => api.prepare({ ...request, project }, job),
  train: ({ api, project }, request, job) => api.train({ ...request, project }, job),
  evaluate: ({ api, project }, request, job) => api.evaluate({ ...request, project }, job),
  predict: predictNewcomers,
  'search-pooling': searchPooling,
  'learn-augmentation': learnAugmentation,
  overlay: ({ api, project }, request, job) => api.overlayVideo({ ...request, project }, job),
  attention: ({ api, project }, request, job) => api.attentionMaps({ ...request, project }, job),
  proxy: ({ api, project }, request, job) => api.makeProxies({ ...request, project }, job),
};

/** The sample videos, imported and prepared: a project to try everything on. */
async function makeSample(
  api: AppApi,
  { dir, people, perClass, seed }: RequestOf<'sample-project'>,
  job: JobContext,
): Promise<JobOutputs['sample-project']> {
  const sample = await api.sample({ dir: path.join(dir, 'videos'), seed, people, perClass }, job);
  const project = path.join(dir, 'project');
  await api.importVideos({ source: sample.dir, project, layout: 'auto', faces: 'auto', fold: 1 }, job);
  await api.prepare({ project, cropSize: null, persons: [] }, job);
  return { project, videos: sample.videos };
}
