/**
 * The program of the pack that `npm run bench:pack` makes: measures on a machine with a GPU and perhaps PyTorch.
 *
 *   main.js --out <folder> [--tiny] [--no-peer] [--only <start of a name>]
 *
 * Each measurement is a process with a time limit, and leaves <name>.json; what goes wrong is told in failures.json and
 * <name>.log. The exit status is 1 where one failed.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { casesInText } from '../../test/engine/conformance/tfjs-cases.ts';
import { measure } from './measure.ts';
import type { Measurement } from './measurement.ts';
import { fullPlan, tinyPlan } from './plan.ts';

/** Beside the program: the texts of TensorFlow.js's own cases by file. */
const TFJS_CASES = new URL('tfjs-cases.json', import.meta.url);

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    tiny: { type: 'boolean', default: false },
    'no-peer': { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    one: { type: 'string' },
  },
});

if (values.one === undefined) process.exitCode = await runPlan();
else await runOne(JSON.parse(values.one) as Measurement, out());

function out(): string {
  if (values.out === undefined) throw new Error('--out <folder> is missing: where results go.');
  return path.resolve(values.out);
}

async function runPlan(): Promise<number> {
  const folder = out();
  mkdirSync(folder, { recursive: true });
  const plan = values.tiny ? tinyPlan() : fullPlan(!values['no-peer']);
  const failures: Record<string, string> = {};
  for (const measurement of plan.filter(({ name }) => name.startsWith(values.only))) {
    const startMs = performance.now();
    const failure = await inProcess(measurement, folder);
    if (failure !== null) failures[measurement.name] = failure;
    const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
    process.stdout.write(`${measurement.name}: ${failure ?? 'done'}, ${seconds} s\n`);
  }
  writeFileSync(path.join(folder, 'failures.json'), `${JSON.stringify(failures, null, 2)}\n`);
  return Object.keys(failures).length === 0 ? 0 : 1;
}

/** @returns why there is no result, or null */
function inProcess(measurement: Measurement, folder: string): Promise<string | null> {
  const log = openSync(path.join(folder, `${measurement.name}.log`), 'w');
  const args = [fileURLToPath(import.meta.url), '--out', folder, '--one', JSON.stringify(measurement)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', log, log], timeout: 1000 * measurement.timeoutSec });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      closeSync(log);
      const failure = signal === null ? `exit status ${code}` : `ended by ${signal}`;
      resolve(code === 0 ? null : `${failure}, see ${measurement.name}.log`);
    });
  });
}

async function runOne(measurement: Measurement, folder: string): Promise<void> {
  const result = await measure(measurement, tfjsCases());
  writeFileSync(path.join(folder, `${measurement.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  process.exit();
}

function tfjsCases() {
  const texts = JSON.parse(readFileSync(TFJS_CASES, 'utf8')) as Record<string, string>;
  return Object.entries(texts).flatMap(([file, text]) => casesInText(file, text));
}
