import path from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { countOf } from '../../contract/count-of.ts';
import type { LabelFormat } from '../../contract/api.ts';
import { firstLines, newCommand } from '../program.ts';
import type { CommandHost } from '../program.ts';

/** `export labels`: for the command `export`, beside what else can be exported. */
export function exportLabelsCommand({ api, show }: CommandHost): Command {
  type Options = { project: string; format: LabelFormat; out: string; raters: 'holding' | 'all' };
  return newCommand('labels', 'Write labels and moments as a table, or as one file a video for ELAN or players')
    .requiredOption('--project <dir>', 'project folder')
    .requiredOption('--out <path>', 'file for csv and boris, folder for elan and webvtt')
    .addOption(
      new Option('--format <name>', 'what reads it').choices(['csv', 'elan', 'boris', 'webvtt']).default('csv'),
    )
    .addOption(
      new Option('--raters <whose>', 'the label of each video, or what every rater said')
        .choices(['holding', 'all'])
        .default('holding'),
    )
    .action(async ({ project, out, ...options }: Options) => {
      const place = { project: path.resolve(project), target: path.resolve(out) };
      const result = await api.exportLabels({ ...options, ...place });
      show(result, () => [
        `Wrote ${countOf(result.annotations, 'annotation')} of ${countOf(result.videos, 'video')} to ${place.target} (${countOf(result.files.length, 'file')})`,
      ]);
    });
}

/** `import-labels`: reads what `export labels` writes, and files of ELAN and BORIS. */
export function importLabelsCommand({ api, show }: CommandHost): Command {
  type Options = { project: string; rater: string; opinion: boolean };
  return newCommand('import-labels', 'Take labels from ELAN, BORIS, WebVTT or CSV files into a project')
    .argument('<file...>', '.eaf, .vtt or .csv files')
    .requiredOption('--project <dir>', 'project folder')
    .option('--rater <name>', 'who said what has no rater in the files', 'Rater 1')
    .option('--opinion', 'keep them beside the labels, to compare raters', false)
    .action(async (files: string[], { project, rater, opinion }: Options) => {
      const places = { project: path.resolve(project), files: files.map((file) => path.resolve(file)) };
      const result = await api.importLabels({ ...places, who: rater, holds: !opinion });
      show(result, () => [
        `Took ${countOf(result.annotations, 'annotation')} of ${countOf(result.videos, 'video')}`,
        ...firstLines(result.problems, ({ what, reason }) => `Left out: ${what}: ${reason}`),
        ...firstLines(result.notes, (note) => `Note: ${note}`),
      ]);
    });
}
