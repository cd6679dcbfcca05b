/**
 * Population based augmentation (Ho et al. 2019; algorithms.md 3.6): members train side by side, the worst go on from the
 * weights and the policy of the best, all explore; the policies that led to the best member are the schedule. A small
 * population; the schedule is stretched from the epochs of a child to those of the last training.
 */
import type { JobContext } from '../../contract/progress.ts';
import { Rng } from '../../data/rng.ts';
import { explored, freshGenes, operationsOf, parentsOf, type Genes } from '../../train/augmentation/population.ts';
import type { Operation, ScheduleStage } from '../../train/augmentation/policy.ts';
import type { Recipe } from '../../train/augmentation/recipe.ts';
import {
  byValidation,
  childConfig,
  finalTraining,
  trainTasks,
  type AugmentationSearch,
  type Finder,
} from './search.ts';
import type { TrainingResult, TrainingTask } from '../training-executor.ts';

const MEMBERS = 4;
/** Times that members copy and explore; the paper: every 3 of 200 epochs. */
const ROUNDS = 4;

/** `past`: the policies that a member and those it goes on from were trained with. */
type Member = { genes: Genes; past: ScheduleStage[]; result: TrainingResult | null };

export const populationBased: Finder = async (search, job) => {
  const rng = new Rng(search.config.seed).fork('population');
  const interval = Math.max(1, Math.ceil(childConfig(search).epochs / ROUNDS));
  let members = Array.from({ length: search.options.trials ?? MEMBERS }, (): Member => {
    return { genes: explored(freshGenes(), rng), past: [], result: null };
  });
  const rounds = Math.ceil(childConfig(search).epochs / interval);
  for (let round = 1; round <= rounds; round++) {
    members = await trainRound(search, members, { round, interval }, job);
    if (round < rounds) members = succeeded(members, rng);
  }
  const best = members.reduce((one, other) => (byValidation(other.result!, one.result!) < 0 ? other : one));
  const stretch = search.config.epochs / childConfig(search).epochs;
  const stages = best.past.map((stage) => ({ ...stage, fromEpoch: 1 + Math.round((stage.fromEpoch - 1) * stretch) }));
  return finalTraining(search, recipeOf(search, stages), job);
};

/** Members train on to the end of the round, each with its policy. */
async function trainRound(
  search: AugmentationSearch,
  members: readonly Member[],
  { round, interval }: { round: number; interval: number },
  job: JobContext,
): Promise<Member[]> {
  const config = childConfig(search);
  const tasks = members.map(({ genes, result }, m): TrainingTask => {
    const shared = { name: `member-${m + 1}-${round}`, config, untilEpoch: Math.min(config.epochs, round * interval) };
    const stage = { fromEpoch: 1, operations: operationsOf(genes) };
    return { ...shared, recipe: recipeOf(search, [stage]), ...(result && { continues: result.name }) };
  });
  const known = members.flatMap(({ result }) => result ?? []);
  const results = await trainTasks(search, tasks, job, known);
  return members.map(({ genes, past }, m) => {
    const operations: Operation[] = operationsOf(genes);
    return { genes, past: [...past, { fromEpoch: 1 + (round - 1) * interval, operations }], result: results[m]! };
  });
}

/** The worst go on from the best and explore; the others go on as they are. */
function succeeded(members: readonly Member[], rng: Rng): Member[] {
  const order = members.map((_, m) => m).sort((a, b) => byValidation(members[a]!.result!, members[b]!.result!));
  return parentsOf(order).map((parent, m) => {
    const from = members[parent]!;
    return parent === m ? from : { ...from, genes: explored(from.genes, rng) };
  });
}

function recipeOf({ options: { method }, config }: AugmentationSearch, stages: ScheduleStage[]): Recipe {
  const policy = { draws: 'schedule' as const, stages };
  return { version: 1, method, kind: 'policy', flip: config.augment.flip, policy };
}
