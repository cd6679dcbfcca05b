import type { JobContext } from '../contract/progress.ts';
import type { ClipSource, ClipVideo } from '../data/clip-source.ts';
import { temporalWeights } from '../train/temporal-weights/methods.ts';
import { validate, type Validation } from '../train/validation.ts';
import { withBestNetwork } from './best-network.ts';

export type RunJudge = { dir: string; classes: readonly string[]; clips: ClipSource; videos: readonly ClipVideo[] };

/** How the best network of a run does on other videos. @param name - of the run's folder in `dir` */
export function judgeRun(
  name: string,
  { dir, classes, clips, videos }: RunJudge,
  job: JobContext,
): Promise<Validation> {
  return withBestNetwork(name, { dir, classes }, (instance, config) =>
    validate({ config, classes, clips, valVideos: videos }, temporalWeights(config), { instance }, job),
  );
}
