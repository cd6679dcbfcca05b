import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { AppApi, PrepareOptions, PrepareSummary } from '../contract/api.ts';
import type { BenchOptions, BenchSummary } from '../contract/bench.ts';
import type { JobContext } from '../contract/progress.ts';
import { benchJob } from '../compute/bench.ts';
import { compareJob } from '../compute/compare/compare.ts';
import { doctorJob } from '../compute/doctor.ts';
import { evaluateJob } from '../compute/evaluate.ts';
import { importFolder } from '../compute/import.ts';
import { exportLabels } from '../compute/labels/export-labels.ts';
import { importLabels } from '../compute/labels/import-labels.ts';
import { makeProxies } from '../compute/labels/proxies.ts';
import { choosePeople, videosWithSeveralPeople } from '../compute/people.ts';
import { learnAugmentationOfImages, learnAugmentationOfProject } from '../compute/learn-augmentation/learn.ts';
import { cropSizeOf } from '../compute/crop-size.ts';
import { predictJob } from '../compute/predict.ts';
import { prepareVideos } from '../compute/prepare.ts';
import { sampleJob } from '../compute/sample.ts';
import { replayPoolingJob } from '../compute/search-pooling/replay.ts';
import { searchImagesJob, searchProjectJob } from '../compute/search-pooling/search.ts';
import { attentionMaps } from '../compute/inspect/attention-maps.ts';
import { overlayVideo } from '../compute/inspect/overlay-video.ts';
import { trainJob } from '../compute/train.ts';
import { withFolderLock } from '../store/folder-lock.ts';
import { openProject } from '../store/project.ts';
import type { Project } from '../store/project.ts';
import { runDemo } from './demo.ts';
import { VERSION } from './version.ts';

const versions = { apexscope: VERSION, node: process.versions.node };

/** The service behind the command line and the window. Every call opens its project and closes it again. */
export function openApp(): AppApi {
  const api: AppApi = {
    doctor: (options, job) => doctorJob(options, versions, job),
    sample: (options, job) => sampleJob(options, job),
    importVideos: (options, job) => importFolder(options, job),
    prepare: (options, job) => withProject(options.project, (project) => prepareAlone(project, options, job)),
    train: (options, job) =>
      withProject(options.project, (project) => trainJob(project, { ...options, versions }, job)),
    evaluate: (options, job) => withProject(options.project, (project) => evaluateJob(project, options, job)),
    predict: (options, job) => withProject(options.project, (project) => predictJob(project, options, job)),
    overlayVideo: (options, job) => withProject(options.project, (project) => overlayVideo(project, options, job)),
    attentionMaps: (options, job) => withProject(options.project, (project) => attentionMaps(project, options, job)),
    makeProxies: (options, job) => withProject(options.project, (project) => makeProxies(project, options.videos, job)),
    exportLabels: (options) => withProject(options.project, (project) => exportLabels(project, options)),
    importLabels: (options) =>
      withProject(options.project, (project) => importLabels(project, { ...options, key: randomUUID() })),
    demo: (options, job) => runDemo(api, options, job),
    compare: (options, job) =>
      withProject(options.project, (project) => compareJob(project, { ...options, versions }, job)),
    searchPooling: (options, job) =>
      options.project === null
        ? searchImagesJob({ ...options, versions }, job)
        : withProject(options.project, (project) => searchProjectJob(project, { ...options, versions }, job)),
    learnAugmentation: (options, job) =>
      options.project === null
        ? learnAugmentationOfImages({ ...options, versions }, job)
        : withProject(options.project, (project) => learnAugmentationOfProject(project, { ...options, versions }, job)),
    replayPooling: (options) => replayPoolingJob(options),
    bench,
  };
  return api;
}

function bench(options: BenchOptions, job: JobContext): Promise<BenchSummary> {
  if (options.what !== 'predict' || options.run === null) return benchJob(options, null, job);
  return withProject(options.run.project, (project) => benchJob(options, project, job));
}

async function withProject<T>(dir: string, use: (project: Project) => Promise<T>): Promise<T> {
  using project = openProject(dir);
  return await use(project);
}

/** @throws AppError `bad-input` while another process prepares the project, `aborted` */
function prepareAlone(project: Project, options: PrepareOptions, job: JobContext): Promise<PrepareSummary> {
  const place = { folder: project.cropsDir, name: `The folder ${project.cropsDir}` };
  return withFolderLock(place, () => prepare(project, options, job));
}

async function prepare(
  project: Project,
  { cropSize, persons }: PrepareOptions,
  job: JobContext,
): Promise<PrepareSummary> {
  await mkdir(project.cropsDir, { recursive: true });
  choosePeople(project, persons);
  const missing = project.missingVideos().map(({ path }) => path);
  const videos = project.listVideos().filter(({ path }) => !missing.includes(path));
  const chosen = videos.flatMap(({ id }): [string, number][] => {
    const person = project.chosenPerson(id);
    return person === null ? [] : [[id, person]];
  });
  const result = await prepareVideos(
    {
      videos,
      resolvePath: ({ id }) => project.mediaPath(id),
      frameIndex: ({ id }) => project.frameIndex(id),
      cropsFolder: project.cropsDir,
      size: cropSize ?? (await cropSizeOf(project)),
      persons: new Map(chosen),
    },
    job,
  );
  const gone = missing.map((path) => ({ path, code: 'not-found', reason: 'its file has gone or moved' }));
  const quarantined = [...gone, ...result.quarantined];
  project.quarantine(quarantined);
  const failed = new Set(quarantined.map(({ path }) => path));
  const ready = videos.filter(({ path }) => !failed.has(path));
  project.releaseFromQuarantine(ready.map(({ path }) => path));
  const severalPeople = await videosWithSeveralPeople(project, ready);
  return { ...result, quarantined, severalPeople, project: project.dir };
}
