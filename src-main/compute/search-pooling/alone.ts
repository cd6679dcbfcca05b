/** The end of a pooling search: its finalists trained alone from the start, the best on validation judged on the test. */
import path from 'node:path';
import type { JobContext } from '../../contract/progress.ts';
import { judgeRun } from '../judged-run.ts';
import { poolAtOf } from './networks.ts';
import type { Search } from './setting.ts';
import { queueOnThisMachine, type TrainingResult, type TrainingTask } from '../training-executor.ts';

/** A configuration, by its index, and what its network reached. */
export type Finalist = { configuration: number; result: TrainingResult };

/** Accuracies on test videos of the winner and of the default, null without any. */
export type AloneTrainings = {
  finalists: Finalist[];
  winner: Finalist;
  initial: Finalist;
  test: { winner: number | null; initial: number | null };
};

/** Trains the configurations, or goes on with it. */
export async function trainAlone(
  search: Search,
  configurations: readonly number[],
  job: JobContext,
): Promise<AloneTrainings> {
  const tasks = configurations.map((configuration): TrainingTask => {
    const poolAt = poolAtOf(search, configuration);
    return { name: poolAt, config: { ...search.configs.alone, poolAt } };
  });
  const results = await executorOf(search).train(tasks, job);
  const finalists = results.map((result, i) => ({ configuration: configurations[i]!, result }));
  const winner = finalists.reduce((best, one) => (isBetter(one.result, best.result) ? one : best));
  const initial = finalists.find(({ configuration }) => configuration === search.space.defaultIndex)!;
  const ofWinner = await testAccuracy(search, winner.result, job);
  const ofInitial = winner === initial ? ofWinner : await testAccuracy(search, initial.result, job);
  return { finalists, winner, initial, test: { winner: ofWinner, initial: ofInitial } };
}

function executorOf({ data, configs, options, engine, folder }: Search) {
  const { train, val, test, classes, clips, pictures } = data;
  const seed = configs.alone.seed;
  const manifest = (run: string) =>
    data.manifest({ run, engine, seed, versions: options.versions }, { train, val, test });
  return queueOnThisMachine({
    ...{ dir: aloneDir(folder.dir), classes, clips, engine, manifest },
    ...{ trainVideos: train, valVideos: val, recordsSampling: !pictures },
  });
}

function aloneDir(searchDir: string): string {
  return path.join(searchDir, 'alone');
}

/** More right on validation; among equals, of smaller loss. */
function isBetter(one: TrainingResult, other: TrainingResult): boolean {
  return one.valWar > other.valWar || (one.valWar === other.valWar && one.valLoss < other.valLoss);
}

async function testAccuracy(
  { data, folder }: Search,
  { name }: TrainingResult,
  job: JobContext,
): Promise<number | null> {
  const { classes, clips, test: videos } = data;
  if (videos.length === 0) return null;
  return (await judgeRun(name, { dir: aloneDir(folder.dir), classes, clips, videos }, job)).valWar;
}
