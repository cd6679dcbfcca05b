/** TANDA (Ratner et al. 2017; algorithms.md 3.6): a generator of sequences against a network, then a training with it. */
import type { ClipVideo } from '../../data/clip-source.ts';
import {
  parseSequences,
  probabilitiesOf,
  SEQUENCE_CLASSES,
  SEQUENCE_OPERATIONS,
  sequenceGenerator,
} from '../../train/augmentation/sequence-generator.ts';
import type { TemporalWeights } from '../../train/bilevel-problem.ts';
import { parseLastState } from '../../train/checkpoint.ts';
import { temporalWeights } from '../../train/temporal-weights/methods.ts';
import { openRunFolder } from '../../store/run-folder.ts';
import { childConfig, finalTraining, trainTasks, type Finder } from './search.ts';

const TASK = 'sequences';

export const adversarialSequences: Finder = async (search, job) => {
  const { place, config, options } = search;
  const twice = (videos: readonly ClipVideo[]) =>
    SEQUENCE_CLASSES.flatMap((_, label) => videos.map((video) => ({ ...video, label })));
  const valVideos = twice(place.valVideos.slice(0, 1));
  const own = { ...place, classes: SEQUENCE_CLASSES, trainVideos: twice(place.trainVideos), valVideos };
  const problem = () => sequenceGenerator(temporalWeights(config)) as TemporalWeights;
  const task = { name: TASK, config: { ...childConfig(search), augmentation: 'none' as const } };
  await trainTasks({ ...search, place: { ...own, outerVideos: valVideos, problem } }, [task], job);
  const probabilities = probabilitiesOf(await sequencesIn(place.dir));
  const policy = { draws: 'sequence' as const, operations: [...SEQUENCE_OPERATIONS], probabilities };
  const recipe = { version: 1, method: options.method, kind: 'policy', flip: config.augment.flip, policy } as const;
  return finalTraining(search, recipe, job);
};

async function sequencesIn(dir: string) {
  const run = await openRunFolder(dir, TASK);
  try {
    return parseSequences(parseLastState((await run.readCheckpoint('last'))!.state).outer);
  } finally {
    await run.close();
  }
}
