import { randomUUID } from 'node:crypto';
import type { AppApi } from '../contract/api.ts';
import type { BenchOptions, BenchSummary } from '../contract/bench.ts';
import type { JobContext } from '../contract/progress.ts';
import type { Project } from '../store/project.ts';
import { runDemo } from './demo.ts';
import { VERSION } from './version.ts';

const versions = { apexscope: VERSION, node: process.versions.node };

/**
 * The service behind the command line and the window. Every call opens its project and closes it again.
 * Why imports in the calls: all jobs together take a second to load, and a call needs one of them.
 */
export function openApp(): AppApi {
  const api: AppApi = {
    doctor: async (options, job) => (await import('../compute/doctor.ts')).doctorJob(options, versions, job),
    sample: async (options, job) => (await import('../compute/sample.ts')).sampleJob(options, job),
    importVideos: async (options, job) => (await import('../compute/import.ts')).importFolder(options, job),
    prepare: (options, job) =>
      withProject(options.project, async (project) =>
        (await import('../compute/prepare-project.ts')).prepareProject(project, options, job),
      ),
    train: (options, job) =>
      withProject(options.project, async (project) =>
        (await import('../compute/train.ts')).trainJob(project, { ...options, versions }, job),
      ),
    evaluate: (options, job) =>
      withProject(options.project, async (project) =>
        (await import('../compute/evaluate.ts')).evaluateJob(project, options, job),
      ),
    predict: (options, job) =>
      withProject(options.project, async (project) =>
        (await import('../compute/predict.ts')).predictJob(project, options, job),
      ),
    overlayVideo: (options, job) =>
      withProject(options.project, async (project) =>
        (await import('../compute/inspect/overlay-video.ts')).overlayVideo(project, options, job),
      ),
    attentionMaps: (options, job) =>
      withProject(options.project, async (project) =>
        (await import('../compute/inspect/attention-maps.ts')).attentionMaps(project, options, job),
      ),
    makeProxies: (options, job) =>
      withProject(options.project, async (project) =>
        (await import('../compute/labels/proxies.ts')).makeProxies(project, options.videos, job),
      ),
    exportLabels: (options) =>
      withProject(options.project, async (project) =>
        (await import('../compute/labels/export-labels.ts')).exportLabels(project, options),
      ),
    importLabels: (options) =>
      withProject(options.project, async (project) =>
        (await import('../compute/labels/import-labels.ts')).importLabels(project, { ...options, key: randomUUID() }),
      ),
    demo: (options, job) => runDemo(api, options, job),
    compare: (options, job) =>
      withProject(options.project, async (project) =>
        (await import('../compute/compare/compare.ts')).compareJob(project, { ...options, versions }, job),
      ),
    searchPooling: async (options, job) => {
      const { searchImagesJob, searchProjectJob } = await import('../compute/search-pooling/search.ts');
      if (options.project === null) return searchImagesJob({ ...options, versions }, job);
      return withProject(options.project, (project) => searchProjectJob(project, { ...options, versions }, job));
    },
    learnAugmentation: async (options, job) => {
      const learn = await import('../compute/learn-augmentation/learn.ts');
      if (options.project === null) return learn.learnAugmentationOfImages({ ...options, versions }, job);
      const settings = { ...options, versions };
      return withProject(options.project, (project) => learn.learnAugmentationOfProject(project, settings, job));
    },
    replayPooling: async (options) => (await import('../compute/search-pooling/replay.ts')).replayPoolingJob(options),
    bench,
  };
  return api;
}

async function bench(options: BenchOptions, job: JobContext): Promise<BenchSummary> {
  const { benchJob } = await import('../compute/bench.ts');
  if (options.what !== 'predict' || options.run === null) return benchJob(options, null, job);
  return withProject(options.run.project, (project) => benchJob(options, project, job));
}

async function withProject<T>(dir: string, use: (project: Project) => Promise<T>): Promise<T> {
  const { openProject } = await import('../store/project.ts');
  using project = openProject(dir);
  return await use(project);
}
