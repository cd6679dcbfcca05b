import { modelCard } from '../../models/index.ts';
import type { JobContext } from '../contract/progress.ts';
import type { ClipSource, ClipVideo } from '../data/clip-source.ts';
import { variablesFromValues } from '../data/stored-variables.ts';
import { openRunFolder } from '../store/run-folder.ts';
import { disposeNamed } from '../train/gradients.ts';
import { temporalWeights } from '../train/temporal-weights/methods.ts';
import { validate, type Validation } from '../train/validation.ts';

export type RunJudge = { dir: string; classes: readonly string[]; clips: ClipSource; videos: readonly ClipVideo[] };

/** How the best network of a run does on other videos. @param name - of the run's folder in `dir` */
export async function judgeRun(
  name: string,
  { dir, classes, clips, videos }: RunJudge,
  job: JobContext,
): Promise<Validation> {
  const run = await openRunFolder(dir, name);
  const best = (await run.readCheckpoint('best'))!;
  const { config } = run;
  const card = modelCard(config.model);
  const { cropSize, clipFrames, dropout, poolAt } = config;
  const model = card.create({ classes: classes.length, cropSize, clipFrames, dropout, poolAt });
  const variables = variablesFromValues(model, best.tensors, `checkpoint-best of ${name}`);
  try {
    const judged = { config, classes, clips, valVideos: videos };
    return await validate(judged, temporalWeights(config), { instance: { card, model, variables } }, job);
  } finally {
    disposeNamed({ ...variables.params, ...variables.buffers });
    await run.close();
  }
}
