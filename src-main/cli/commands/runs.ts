import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Option } from 'commander';
import { z } from 'zod';
import type { Command } from 'commander';
import { countOf } from '../../contract/count-of.ts';
import { AppError } from '../../contract/errors.ts';
import { noIntervalReason } from '../../contract/interval-words.ts';
import { listSettings } from '../../contract/settings.ts';
import { unfinishedRun } from '../../contract/unfinished-run.ts';
import type { EngineChoice, EvaluateSummary, TrainSummary } from '../../contract/api.ts';
import type { Interval, Protocol, VideoPrediction } from '../../contract/records.ts';
import { engineOption, newCommand, wholeNumber } from '../program.ts';
import type { CommandHost } from '../program.ts';
import { durationText } from '../progress-line.ts';
import { problemLines } from './data.ts';

/** Commands that make and use a run: `train`, `evaluate`, `predict`. */
export function runCommands(host: CommandHost): Command[] {
  return [trainCommand(host), evaluateCommand(host), predictCommand(host)];
}

const DEFAULT_RUN = 'default';

function trainCommand({ api, job, show }: CommandHost): Command {
  type Options = {
    project: string;
    run: string;
    config?: string;
    set: string[];
    seed?: number;
    engine: EngineChoice;
    resume: boolean;
  };
  return newCommand('train', 'Train a network on the prepared videos of a project')
    .requiredOption('--project <dir>', 'project folder')
    .option('--run <name>', 'name of the run', DEFAULT_RUN)
    .option('--config <file>', 'JSON file with settings')
    .option('--set <key=value>', 'one setting; may be given again', collect, [])
    .option('--seed <n>', 'seed of everything random; short for --set seed=n', wholeNumber(0))
    .option('--resume', 'continue the run where it stopped, or start it', false)
    .addOption(engineOption())
    .addHelpText('after', settingsHelp)
    .action(async ({ seed, ...options }: Options) => {
      const config = options.config === undefined ? {} : await readConfig(options.config);
      const project = path.resolve(options.project);
      const set = seed === undefined ? options.set : [...options.set, `seed=${seed}`];
      const result = await api.train({ ...options, set, project, config }, job);
      show(result, () => trainLines(result));
    });
}

function settingsHelp(): string {
  const lines = [...listSettings()].map(([key, { description, defaultValue, schema }]) => {
    const choices = schema instanceof z.ZodEnum ? `: ${schema.options.join(', ')}` : '';
    return `  ${key}=${defaultValue ?? ''}\n      ${description}${choices}`;
  });
  return ['\nSettings of --set and of the config file, with their defaults:', ...lines].join('\n');
}

/** Gathers an option that may be given again. */
export function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

async function readConfig(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('not-found', `Cannot read the config file '${file}'.`, { cause, hint: 'Check the path.' });
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('bad-config', `'${file}' is not JSON: ${reason}`, { cause });
  }
}

/** What came of a training, with what to know of it. */
export function trainLines(r: TrainSummary): string[] {
  const why = r.stopped === 'early' ? 'stopped early: validation loss no longer fell' : 'all epochs done';
  return [
    `Engine: ${r.engine.name} (${r.engine.device}): ${r.engine.why}`,
    ...r.notes.map((note) => `Note: ${note}`),
    ...resumedLines(r),
    `Trained ${countOf(r.epochs, 'epoch')} in ${durationText(r.seconds)} (${why})`,
    `Best epoch ${r.bestEpoch}: validation loss ${r.valLoss.toFixed(3)}, WAR ${percent(r.valWar)}, UAR ${percent(r.valUar)}`,
    `Run folder: ${r.folder}`,
  ];
}

function resumedLines({ resumedFromEpoch, epochs }: TrainSummary): string[] {
  if (resumedFromEpoch === null) return [];
  return [resumedFromEpoch > epochs ? 'The run was finished already' : `Continued in epoch ${resumedFromEpoch}`];
}

function evaluateCommand({ api, job, show }: CommandHost): Command {
  type Options = { project: string; run: string; split: 'val' | 'test'; engine: EngineChoice };
  return newCommand('evaluate', 'Score a run on videos it has not learned from, and write report.html')
    .requiredOption('--project <dir>', 'project folder')
    .option('--run <name>', 'name of the run', DEFAULT_RUN)
    .addOption(new Option('--split <name>', 'which videos').choices(['val', 'test']).default('test'))
    .addOption(engineOption())
    .action(async (options: Options) => {
      const result = await api.evaluate({ ...options, project: path.resolve(options.project) }, job);
      show(result, () => evaluationLines(result));
    });
}

/** The figures of an evaluation with what they rest on. */
export function evaluationLines(r: EvaluateSummary): string[] {
  const { protocol: p, localisation: l } = r;
  const unfinished = unfinishedRun(p);
  const subjects = p.subjectDisjoint ? 'people not seen in training' : 'NOT known to be people unseen in training';
  const classes = Object.entries(r.perClass).map(
    ([name, m]) => `  ${name.padEnd(12)} recall ${percent(m.recall)}  precision ${percent(m.precision)}  n ${m.n}`,
  );
  return [
    `${r.split}: ${countOf(r.n, 'video')}, ${subjects}; model selected on ${p.selectedOn}; seed ${p.seed}`,
    ...(unfinished === null ? [] : [`Run: ${unfinished}`]),
    `WAR ${percent(r.war)} (${intervalText(r.warInterval, p)})`,
    `UAR ${percent(r.uar)} (${intervalText(r.uarInterval, p)})`,
    ...classes,
    ...(l
      ? [
          `Localisation on ${countOf(l.n, 'video')}: pointing ${percent(l.pointing)}, mass ${percent(l.mass)} (uniform weights: ${percent(l.uniform)})`,
        ]
      : []),
    ...problemLines(r.unscored),
    ...(r.notes ?? []).map((note) => `Note: ${note}`),
    `Report: ${r.report}`,
  ];
}

function intervalText(interval: Interval | null, protocol: Protocol): string {
  if (interval === null) return `no 95 % interval: ${noIntervalReason(protocol)}`;
  return `95 %: ${percent(interval.low)} to ${percent(interval.high)}`;
}

function predictCommand({ api, job, show }: CommandHost): Command {
  type Options = { project: string; run: string; engine: EngineChoice };
  return newCommand('predict', 'Label any video and show the weight of each of its clips')
    .argument('<video...>', 'video files, folders of frames, or folders with videos in them')
    .requiredOption('--project <dir>', 'project folder')
    .option('--run <name>', 'name of the run', DEFAULT_RUN)
    .addOption(engineOption())
    .action(async (videos: string[], options: Options) => {
      const where = { project: path.resolve(options.project), videos: videos.map((video) => path.resolve(video)) };
      const result = await api.predict({ ...options, ...where }, job);
      show(result, () => [...result.videos.flatMap(predictionLines), ...problemLines(result.failed)]);
      if (result.videos.length === 0) process.exitCode = 2;
    });
}

/** The label, the probabilities and the moment that decided. */
export function predictionLines(v: VideoPrediction): string[] {
  if (v.label === null) return [`${v.path}: no prediction. ${v.note ?? ''}`];
  const ranked = Object.entries(v.probabilities).sort(([, a], [, b]) => b - a);
  return [
    `${v.path}: ${v.label}`,
    `  ${ranked.map(([name, p]) => `${name} ${percent(p)}`).join(', ')}`,
    heaviestLine(v),
    `  face in ${percent(v.faceCoverage)} of the frames${v.note ? `; ${v.note}` : ''}`,
  ];
}

function heaviestLine({ heaviest, clips }: VideoPrediction): string {
  if (clips.length === 1) return '  the video has one clip, which decides alone';
  if (heaviest === null) return `  all ${clips.length} clips weigh the same`;
  const span = `${heaviest.startSec.toFixed(2)} to ${heaviest.endSec.toFixed(2)} s`;
  return `  heaviest clip: ${span}, weight ${percent(heaviest.weight)} of ${clips.length} clips`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
