/**
 * The folder of a run: `config.json` with all defaults resolved, `manifest.json` (what made it), records of steps and
 * epochs (`metrics.jsonl`) and of what was drawn (`sampling.jsonl`), the checkpoints `last` and `best`, and what is made
 * from them.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ResolvedConfig } from '../contract/config.ts';
import { AppError } from '../contract/errors.ts';
import type { EpochMetrics, MetricsRecord, RunManifest, SamplingRecord } from '../contract/records.ts';
import { parseResolvedConfig } from '../data/config-resolution.ts';
import type { Checkpoint, CheckpointName, RecordMark } from '../train/checkpoint.ts';
import type { RunSink } from '../train/run-sink.ts';
import { writeFileAtomic } from './atomic-write.ts';
import { readCheckpointFiles, writeCheckpointFiles } from './checkpoint-files.ts';
import { JsonLinesFile, parseJsonLines, wholeLines } from './json-lines.ts';
import { parseManifest } from './run-manifest.ts';

/** What a run is made with; never changes afterwards. */
export type RunSetup = { config: ResolvedConfig; manifest: RunManifest };

/** The manifest is written last: with it the run is there. */
const MANIFEST = 'manifest.json';
const CONFIG = 'config.json';

/**
 * Makes the folder of a new run.
 * @throws AppError `bad-input` when there is one of this name, or the name is not one for a folder
 */
export async function createRunFolder(
  runsDir: string,
  name: string,
  { config, manifest }: RunSetup,
): Promise<RunFolder> {
  const dir = runDir(runsDir, name);
  if (runExists(runsDir, name))
    throw new AppError('bad-input', `There is a run ${name} already.`, {
      hint: 'Go on with it by --resume, or choose another name with --run.',
    });
  await mkdir(dir, { recursive: true });
  await writeFileAtomic(path.join(dir, CONFIG), jsonFile(config));
  await writeFileAtomic(path.join(dir, MANIFEST), jsonFile(manifest));
  return new RunFolder(dir, { config, manifest });
}

/** @throws AppError `not-found`, or `corrupt` when its config or manifest cannot be read */
export async function openRunFolder(runsDir: string, name: string): Promise<RunFolder> {
  const dir = runDir(runsDir, name);
  if (!runExists(runsDir, name)) {
    const names = await runNames(runsDir);
    const hint = names.length === 0 ? 'There is no run yet: train one.' : `Runs: ${names.join(', ')}.`;
    throw new AppError('not-found', `There is no run ${name}.`, { hint });
  }
  const read = async (file: string) => parseJson(await readFile(path.join(dir, file), 'utf8'), path.join(dir, file));
  return new RunFolder(dir, {
    config: parseResolvedConfig(await read(CONFIG), path.join(dir, CONFIG)),
    manifest: parseManifest(await read(MANIFEST), path.join(dir, MANIFEST)),
  });
}

export function runExists(runsDir: string, name: string): boolean {
  return existsSync(path.join(runDir(runsDir, name), MANIFEST));
}

/** Names of all runs, in alphabetical order. */
export async function runNames(runsDir: string): Promise<string[]> {
  if (!existsSync(runsDir)) return [];
  const entries = await readdir(runsDir, { withFileTypes: true });
  return entries.flatMap(({ name }) => (existsSync(path.join(runsDir, name, MANIFEST)) ? [name] : [])).sort();
}

/**
 * What was made from a run and written into its folder as JSON; null where it was not made yet.
 * @throws AppError `bad-input` for a name that is none of a run, `corrupt`
 */
export async function readRunFile(runsDir: string, run: string, name: string): Promise<unknown> {
  const file = path.join(runDir(runsDir, run), name);
  return existsSync(file) ? parseJson(await readFile(file, 'utf8'), file) : null;
}

/** One run; `close` releases its files. */
export class RunFolder implements RunSink {
  readonly dir: string;
  readonly config: ResolvedConfig;
  readonly manifest: RunManifest;
  readonly #metrics: JsonLinesFile;
  readonly #sampling: JsonLinesFile;

  constructor(dir: string, { config, manifest }: RunSetup) {
    this.dir = dir;
    this.config = config;
    this.manifest = manifest;
    this.#metrics = new JsonLinesFile(path.join(dir, 'metrics.jsonl'));
    this.#sampling = new JsonLinesFile(path.join(dir, 'sampling.jsonl'));
  }

  appendMetrics(record: MetricsRecord): Promise<void> {
    return this.#metrics.append([record]);
  }

  appendSampling(records: readonly SamplingRecord[]): Promise<void> {
    return this.#sampling.append(records);
  }

  async markRecords(): Promise<RecordMark> {
    return { metricsBytes: await this.#metrics.sync(), samplingBytes: await this.#sampling.sync() };
  }

  async rewindRecords({ metricsBytes, samplingBytes }: RecordMark): Promise<void> {
    await this.#metrics.rewind(metricsBytes);
    await this.#sampling.rewind(samplingBytes);
  }

  saveCheckpoint(name: CheckpointName, checkpoint: Checkpoint): Promise<void> {
    return writeCheckpointFiles(this.dir, name, checkpoint);
  }

  /** @returns null when the run has not come that far; throws AppError `corrupt` when it cannot be read whole */
  readCheckpoint(name: CheckpointName): Promise<Checkpoint | null> {
    return readCheckpointFiles(this.dir, name);
  }

  /** Records of steps and epochs in order; empty before the first. */
  async readMetrics(): Promise<MetricsRecord[]> {
    return (await this.#readLines(this.#metrics.path)) as MetricsRecord[];
  }

  /** Records of epochs alone, which are few beside those of steps. */
  async readEpochs(): Promise<EpochMetrics[]> {
    if (!existsSync(this.#metrics.path)) return [];
    const epochs: EpochMetrics[] = [];
    for await (const line of wholeLines(this.#metrics.path))
      if (line.includes('"kind":"epoch"')) epochs.push(parseJson(line, this.#metrics.path) as EpochMetrics);
    return epochs;
  }

  async readSampling(): Promise<SamplingRecord[]> {
    return (await this.#readLines(this.#sampling.path)) as SamplingRecord[];
  }

  /** What was drawn from some videos, in order. The file is read line by line, because it can be large. */
  async readSamplingOf(videoIds: readonly string[]): Promise<SamplingRecord[]> {
    if (!existsSync(this.#sampling.path)) return [];
    const wanted = new Set(videoIds);
    const records: SamplingRecord[] = [];
    for await (const line of wholeLines(this.#sampling.path))
      if (wanted.has(/"videoId":"([^"]*)"/.exec(line)?.[1] ?? ''))
        records.push(parseJson(line, this.#sampling.path) as SamplingRecord);
    return records;
  }

  /** Writes something made from the run (predictions, a report) whole or not at all. @returns its path */
  async writeFile(name: string, content: string | Uint8Array): Promise<string> {
    const file = path.join(this.dir, name);
    await writeFileAtomic(file, content);
    return file;
  }

  async close(): Promise<void> {
    await this.#metrics.close();
    await this.#sampling.close();
  }

  async #readLines(file: string): Promise<unknown[]> {
    return existsSync(file) ? parseJsonLines(await readFile(file, 'utf8'), file) : [];
  }
}

function runDir(runsDir: string, name: string): string {
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_. =,+-]{0,99}$/u.test(name))
    throw new AppError('bad-input', `Run name "${name}": expected letters, digits, spaces and . _ - = , + only.`);
  return path.join(runsDir, name);
}

function jsonFile(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new AppError('corrupt', `${file}: not JSON.`, { cause: error });
  }
}
