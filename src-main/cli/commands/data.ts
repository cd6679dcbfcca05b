import path from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { countOf } from '../../contract/count-of.ts';
import { LAYOUT_NAMES } from '../../contract/api.ts';
import type { ImportSummary, LayoutName, PersonChoice, PrepareSummary, VideoPeople } from '../../contract/api.ts';
import { firstLines, newCommand, wholeNumber } from '../program.ts';
import { exportLabelsCommand, importLabelsCommand } from './labels.ts';
import type { CommandHost } from '../program.ts';

/** Commands that bring videos and labels in and out: `sample`, `import`, `prepare`, `import-labels`, `export labels`. */
export function dataCommands(host: CommandHost): Command[] {
  const exporting = newCommand('export', 'Write what a project holds for other programs').addCommand(
    exportLabelsCommand(host),
  );
  return [sampleCommand(host), importCommand(host), prepareCommand(host), importLabelsCommand(host), exporting];
}

function sampleCommand({ api, job, show }: CommandHost): Command {
  return newCommand('sample', 'Write the sample videos and labels.csv')
    .argument('<dir>', 'folder to write to')
    .option('--seed <n>', 'seed of everything random', wholeNumber(0), 1)
    .option('--people <n>', 'number of people', wholeNumber(1), 24)
    .option('--per-class <n>', 'videos of each class for each person', wholeNumber(1), 1)
    .action(async (dir: string, options: { seed: number; people: number; perClass: number }) => {
      const result = await api.sample({ dir: path.resolve(dir), ...options }, job);
      show(result, () => [
        `Wrote ${countOf(result.videos, 'video')} of ${countOf(result.people, 'person', 'people')} and ${result.labels}`,
      ]);
    });
}

function importCommand({ api, job, show }: CommandHost): Command {
  type Options = { project: string; layout: LayoutName; faces: 'auto' | 'cropped'; fold: number };
  return newCommand('import', 'Bring a folder of videos, or the videos of a CSV, into a project')
    .argument('<source>', 'folder or CSV file')
    .requiredOption('--project <dir>', 'project folder; made when it does not exist')
    .addOption(new Option('--layout <name>', 'how names and lists give labels').choices(LAYOUT_NAMES).default('auto'))
    .addOption(
      new Option('--faces <how>', 'find faces, or take pictures as face crops')
        .choices(['auto', 'cropped'])
        .default('auto'),
    )
    .option('--fold <n>', 'which official fold, for layouts with several', wholeNumber(1), 1)
    .action(async (source: string, options: Options) => {
      const where = { source: path.resolve(source), project: path.resolve(options.project) };
      const result = await api.importVideos({ ...options, ...where }, job);
      show(result, () => importLines(result));
    });
}

function importLines(r: ImportSummary): string[] {
  const classes = Object.entries(r.perClass).map(([name, n]) => `${name} ${n}`);
  return [
    `Layout: ${r.layout} (${r.why})`,
    `Imported ${countOf(r.imported, 'video')} of ${countOf(r.subjects, 'subject')}; there already: ${r.alreadyThere}`,
    ...(r.relabelled > 0 ? [`Changed the label of ${countOf(r.relabelled, 'video')}`] : []),
    `Classes: ${classes.join(', ') || 'none'}`,
    ...r.notes.map((note) => `Note: ${note}`),
    ...problemLines(r.quarantined),
    `Next: apexscope prepare --project '${r.project}'`,
  ];
}

type PrepareFlags = { project: string; cropSize?: number; person: PersonChoice[] };

function prepareCommand({ api, job, show }: CommandHost): Command {
  return newCommand('prepare', 'Decode, find faces and write crop packs; continues where it stopped')
    .requiredOption('--project <dir>', 'project folder')
    .option(
      '--crop-size <pixels>',
      'side of the stored crops (default: that of the crops there, or 128)',
      wholeNumber(16),
    )
    .option('--person <video=number>', 'crop this person of a video; may be given again', collectPerson, [])
    .action(async ({ person: persons, cropSize, project }: PrepareFlags) => {
      const options = { cropSize: cropSize ?? null, persons, project: path.resolve(project) };
      const result = await api.prepare(options, job);
      show(result, () => prepareLines(result));
    });
}

function collectPerson(text: string, previous: PersonChoice[]): PersonChoice[] {
  const equals = text.lastIndexOf('=');
  const person = wholeNumber(0)(text.slice(equals + 1));
  if (equals <= 0) throw new InvalidArgumentError(`expected video=number, got '${text}'.`);
  return [...previous, { video: text.slice(0, equals), person }];
}

function prepareLines(r: PrepareSummary): string[] {
  return [
    `Prepared ${countOf(r.prepared, 'video')} (${countOf(r.frames, 'frame')}) in ${r.seconds.toFixed(1)} s; there already: ${r.alreadyPrepared}`,
    `Mean face coverage: ${(100 * r.meanCoverage).toFixed(1)} %`,
    ...firstLines(r.withoutFace, (video) => `No face found: ${video}`),
    ...firstLines(r.severalPeople, peopleLine),
    ...problemLines(r.quarantined),
    `Next: apexscope train --project '${r.project}'`,
  ];
}

function peopleLine({ path: video, cropped, people }: VideoPeople): string {
  const shares = people.map(({ person, share }) => `person ${person} in ${(100 * share).toFixed(0)} %`);
  return `Several people: ${video}: ${shares.join(', ')}; cropped: person ${cropped} (change with --person)`;
}

/** A line for each of the first problems, and how many more there are. */
export function problemLines(problems: { path: string; reason: string }[]): string[] {
  return firstLines(problems, ({ path: place, reason }) => `Left out: ${place}: ${reason}`);
}
