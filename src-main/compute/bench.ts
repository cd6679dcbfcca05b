import type { BenchOptions, BenchSummary } from '../contract/bench.ts';
import type { JobContext } from '../contract/progress.ts';
import type { Project } from '../store/project.ts';
import { benchConv3d } from './bench-conv3d.ts';
import { benchPredict } from './bench-predict.ts';
import { saveResult } from './bench-result.ts';
import { benchTrainStep } from './bench-train-step.ts';

/**
 * Measures one kind of work on an engine and, where asked, writes the result down.
 * @param project - of the run to predict with, else null
 * @throws AppError `usage` for what cannot be measured, `bad-config` for an unknown model, `not-found` without a peer
 */
export async function benchJob(
  options: BenchOptions,
  project: Project | null,
  job: JobContext = {},
): Promise<BenchSummary> {
  const result = await measure(options, project, job);
  if (options.save !== null) await saveResult(options.save, result, options.peer);
  return result;
}

function measure(options: BenchOptions, project: Project | null, job: JobContext): Promise<BenchSummary> {
  switch (options.what) {
    case 'conv3d':
      return benchConv3d(options, job);
    case 'train-step':
      return benchTrainStep(options, job);
    case 'predict':
      return benchPredict(options, project, job);
    default:
      return options satisfies never;
  }
}
