/** What all ways to find an augmentation work with: trainings whose cost is counted, and the last one with what was found. */
import type { ResolvedConfig } from '../../contract/config.ts';
import type { AugmentationCost, LearnAugmentationOptions } from '../../contract/learn-augmentation.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { Recipe } from '../../train/augmentation/recipe.ts';
import type { SearchFolder } from '../search-pooling/folder.ts';
import {
  queueOnThisMachine,
  type TrainingPlace,
  type TrainingResult,
  type TrainingTask,
} from '../training-executor.ts';

export type AugmentationSearch = {
  options: Pick<LearnAugmentationOptions, 'method' | 'network' | 'level' | 'augmenterRate' | 'trials' | 'childEpochs'>;
  /** Of the last training; without augmentation. */
  config: ResolvedConfig;
  place: TrainingPlace;
  folder: SearchFolder;
  /** So far. */
  spent: Pick<AugmentationCost, 'seconds' | 'trainings'>;
};

/** `winner` is the training that is kept, `recipe` what it was trained with. */
export type Found = { winner: TrainingResult; recipe: Recipe };

/** Finds an augmentation and trains with it. Resumable: whatever was finished before is read. */
export type Finder = (search: AugmentationSearch, job: JobContext) => Promise<Found>;

/** Trains and counts; a task that continues another is counted from there on. */
export async function trainTasks(
  { place, spent }: AugmentationSearch,
  tasks: readonly TrainingTask[],
  job: JobContext,
  known: readonly TrainingResult[] = [],
): Promise<TrainingResult[]> {
  const results = await queueOnThisMachine(place).train(tasks, job);
  for (const [i, { seconds }] of results.entries()) {
    const before = known.find(({ name }) => name === tasks[i]!.continues);
    spent.seconds += seconds - (before?.seconds ?? 0);
    spent.trainings++;
  }
  return results;
}

/** The training of full length with what a search found. */
export async function finalTraining(search: AugmentationSearch, recipe: Recipe, job: JobContext): Promise<Found> {
  const task = { name: search.options.method, config: search.config, recipe };
  const [winner] = await trainTasks(search, [task], job);
  return { winner: winner!, recipe };
}

/** Settings of a training that only tells how good a policy is. */
export function childConfig({ config, options }: AugmentationSearch): ResolvedConfig {
  return { ...config, epochs: options.childEpochs ?? Math.max(1, Math.round(config.epochs / 4)) };
}

/** More right on validation; among equals, of smaller loss. For `sort`: the best first. */
export function byValidation(one: TrainingResult, other: TrainingResult): number {
  return other.valWar - one.valWar || one.valLoss - other.valLoss;
}
