import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { AppApi, DemoOptions, DemoSummary } from '../contract/api.ts';
import type { JobContext } from '../contract/progress.ts';

/** The quick demo shows the way through the program in a few minutes; its accuracy means little. */
const FULL = { people: 24, set: [] };
const QUICK = { people: 5, set: ['epochs=10', 'stochasticSoftmax.explorationEpochs=3'] };
const RUN = 'demo';

/**
 * The whole job on the sample project: make it, import, prepare, train, evaluate, predict. What a former demo in the
 * same folder finished is used again.
 */
export async function runDemo(api: AppApi, options: DemoOptions, job: JobContext): Promise<DemoSummary> {
  const { people, set } = options.quick ? QUICK : FULL;
  const project = path.join(options.dir, 'project');
  const run = options.quick ? `${RUN}-quick` : RUN;
  await mkdir(options.dir, { recursive: true });
  const stopwatch = new Stopwatch();
  const sampleDir = path.join(options.dir, options.quick ? 'videos-quick' : 'videos');
  const sample = await stopwatch.time(
    'make',
    api.sample({ dir: sampleDir, seed: options.seed, people, perClass: 1 }, job),
  );
  const where = { project, engine: options.engine, run };
  const source = { source: sample.dir, project, layout: 'auto' as const, faces: 'auto' as const, fold: 1 };
  const imported = await stopwatch.time('import', api.importVideos(source, job));
  await stopwatch.time('prepare', api.prepare({ project, cropSize: null, persons: [] }, job));
  const settings = { config: {}, set: [...set, `seed=${options.seed}`], resume: true };
  const train = await stopwatch.time('train', api.train({ ...where, ...settings }, job));
  const evaluation = await stopwatch.time('evaluate', api.evaluate({ ...where, split: 'test' }, job));
  const video = path.join(sample.dir, sample.example);
  const prediction = await stopwatch.time('predict', api.predict({ ...where, videos: [video] }, job));
  return {
    dir: options.dir,
    project,
    sample,
    imported: imported.imported + imported.alreadyThere,
    train,
    evaluation,
    prediction: prediction.videos[0]!,
    report: evaluation.report,
    seconds: stopwatch.seconds,
  };
}

class Stopwatch {
  readonly seconds: Record<string, number> = {};

  async time<T>(stage: string, work: Promise<T>): Promise<T> {
    const startMs = performance.now();
    const result = await work;
    this.seconds[stage] = (performance.now() - startMs) / 1000;
    return result;
  }
}
