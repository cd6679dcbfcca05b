import type { CommanderError } from 'commander';
import { Command, InvalidArgumentError, Option } from 'commander';
import { AppError } from '../contract/errors.ts';
import type { AppApi } from '../contract/api.ts';
import type { JobContext } from '../contract/progress.ts';

/** What every command gets: the service, and a way to run a job and show its result. */
export type CommandHost = {
  api: AppApi;
  job: JobContext;
  /** Shows a result: the object as JSON with `--json`, else the lines for a person. */
  show: (result: object, lines: () => string[]) => void;
};

/** A command of `apexscope` that understands `--json` and never exits by itself. */
export function newCommand(name: string, summary: string): Command {
  return new Command(name)
    .description(summary)
    .addOption(new Option('--json', 'write exactly one JSON object to standard output'))
    .exitOverride()
    .allowExcessArguments(false)
    .configureOutput({ outputError: () => undefined });
}

const SHOWN_LINES = 10;

/** A line for each of the first items, and how many more there are. */
export function firstLines<T>(items: readonly T[], lineOf: (item: T) => string): string[] {
  const shown = items.slice(0, SHOWN_LINES).map(lineOf);
  const more = items.length - shown.length;
  return more > 0 ? [...shown, `… and ${more} more`] : shown;
}

/** Parses a whole number of at least `minimum` for commander. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < minimum) {
      throw new InvalidArgumentError(`expected a whole number of at least ${minimum}, got '${text}'.`);
    }
    return value;
  };
}

export function engineOption(): Option {
  return new Option('--engine <name>', 'what computes')
    .choices(['auto', 'wasm', 'webgpu', 'cuda', 'cpu'])
    .default('auto');
}

/** Wrong usage as an {@link AppError}; help and version are no errors. */
export function usageError(error: CommanderError): AppError | null {
  if (error.exitCode === 0) return null;
  if (error.code === 'commander.help')
    return new AppError('usage', 'A command is missing, or there is none of that name.');
  return new AppError('usage', error.message.replace(/^error: /, ''), { hint: 'Add --help to see what is expected.' });
}
