import path from 'node:path';
import type { Command } from 'commander';
import type { DemoSummary, EngineChoice } from '../../contract/api.ts';
import { engineOption, newCommand, wholeNumber } from '../program.ts';
import type { CommandHost } from '../program.ts';
import { durationText } from '../progress-line.ts';
import { evaluationLines, predictionLines } from './runs.ts';

export function demoCommand({ api, job, show }: CommandHost): Command {
  type Options = { dir: string; quick: boolean; seed: number; engine: EngineChoice };
  return newCommand('demo', 'The whole job on the sample project: make, import, prepare, train, evaluate, predict')
    .option('--dir <folder>', 'where to put it', 'sample-project')
    .option('--quick', 'fewer people and epochs: shows the way, not the accuracy', false)
    .option('--seed <n>', 'seed of everything random', wholeNumber(0), 1)
    .addOption(engineOption())
    .action(async (options: Options) => {
      const result = await api.demo({ ...options, dir: path.resolve(options.dir) }, job);
      show(result, () => demoLines(result));
    });
}

function demoLines(r: DemoSummary): string[] {
  const stages = Object.entries(r.seconds).map(([stage, seconds]) => `${stage} ${durationText(seconds)}`);
  return [
    `Sample project: ${r.project} (${r.sample.videos} videos of ${r.sample.people} people)`,
    `Time: ${stages.join(', ')}`,
    ...evaluationLines(r.evaluation),
    'A video of the test set:',
    ...predictionLines(r.prediction).map((line) => `  ${line}`),
    `Open ${r.report}`,
  ];
}
