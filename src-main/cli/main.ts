#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { exitCodeOf, toAppError } from '../contract/errors.ts';
import type { AppError } from '../contract/errors.ts';
import { openApp } from '../service/app.ts';
import { VERSION } from '../service/version.ts';
import { benchCommand } from './commands/bench.ts';
import { compareCommand } from './commands/compare.ts';
import { dataCommands } from './commands/data.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { learnAugmentationCommand } from './commands/learn-augmentation.ts';
import { runCommands } from './commands/runs.ts';
import { searchPoolingCommand } from './commands/search-pooling.ts';
import { interruptSignal } from './interrupt.ts';
import { printable } from './printable.ts';
import { progressWriter } from './progress-line.ts';
import { usageError } from './program.ts';
import type { CommandHost } from './program.ts';

const wantsJson = process.argv.includes('--json');

async function main(): Promise<void> {
  const host: CommandHost = {
    api: openApp(),
    job: { signal: interruptSignal(), onProgress: progressWriter() },
    show: (result, lines) => {
      process.stdout.write(wantsJson ? `${JSON.stringify(result)}\n` : `${printable(lines().join('\n'))}\n`);
    },
  };
  const program = new Command('apexscope')
    .description('Train 3D CNNs on your own videos of faces and see which moment decided.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  const jobs = [
    ...dataCommands(host),
    ...runCommands(host),
    compareCommand(host),
    searchPoolingCommand(host),
    learnAugmentationCommand(host),
  ];
  for (const command of [doctorCommand(host), ...jobs, demoCommand(host), benchCommand(host)]) {
    program.addCommand(command);
  }
  if (process.argv.length <= 2) {
    process.stdout.write(program.helpInformation());
    process.exitCode = 2;
    return;
  }
  await program.parseAsync();
}

/** With `--json` on standard output too, which otherwise would have no object: a command that fails shows nothing else. */
function reportError(error: AppError): void {
  const { code, message, hint } = error;
  if (wantsJson) process.stdout.write(`${JSON.stringify({ error: { code, message, ...(hint && { hint }) } })}\n`);
  process.stderr.write(`apexscope: ${printable(message)}\n`);
  if (hint) process.stderr.write(`  ${printable(hint)}\n`);
  if (error.code === 'bug') process.stderr.write(`${stackOf(error)}\n`);
}

function stackOf(error: AppError): string {
  const source = error.cause instanceof Error ? error.cause : error;
  return source.stack ?? source.message;
}

try {
  await main();
} catch (thrown) {
  const error = thrown instanceof CommanderError ? usageError(thrown) : toAppError(thrown);
  if (error) {
    reportError(error);
    process.exitCode = exitCodeOf(error);
  }
}
