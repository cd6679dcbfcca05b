import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SampleOptions, SampleSummary } from '../contract/api.ts';
import { AppError } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import { labelsCsv } from '../sample/labels-csv.ts';
import { planSample } from '../sample/plan-sample.ts';
import type { SampleClip } from '../sample/plan-sample.ts';
import { writeFileAtomic } from '../store/atomic-write.ts';

const LIST = 'labels.csv';

/**
 * Writes the sample videos and, when all are there, `labels.csv`; with that list the sample is complete and kept.
 * @throws AppError `bad-input` when the folder holds the videos of another sample, `aborted`
 */
export async function sampleJob(options: SampleOptions, job: JobContext = {}): Promise<SampleSummary> {
  const { dir, ...plan } = options;
  const clips = planSample(plan);
  const csv = labelsCsv(clips);
  const list = path.join(dir, LIST);
  await refuseOtherSample(list, csv);
  if (!existsSync(list)) {
    const folders = new Set(clips.map((clip) => path.dirname(path.join(dir, clip.path))));
    for (const folder of folders) await mkdir(folder, { recursive: true });
    await renderAll(clips, dir, job);
    await writeFileAtomic(list, csv);
  }
  const example = clips.find(({ moment }) => moment !== null)?.path ?? clips[0]!.path;
  return { dir, videos: clips.length, people: options.people, labels: list, example };
}

async function refuseOtherSample(list: string, csv: string): Promise<void> {
  const found = await readFile(list, 'utf8').catch(() => null);
  if (found === null || found === csv) return;
  throw new AppError('bad-input', `${list} belongs to another sample.`, {
    hint: 'Choose an empty folder, or the same --seed, --people and --per-class.',
  });
}

async function renderAll(clips: readonly SampleClip[], dir: string, job: JobContext): Promise<void> {
  const queue = clips.values();
  let done = 0;
  const onDone = () => job.onProgress?.({ stage: 'make', done: ++done, total: clips.length });
  const threads = Math.min(availableParallelism(), clips.length);
  await Promise.all(Array.from({ length: threads }, () => renderInThread(queue, { dir, onDone }, job)));
}

type ThreadSetting = { dir: string; onDone: () => void };

/** Gives one thread clips from the shared queue until there are none. */
async function renderInThread(
  queue: Iterator<SampleClip>,
  { dir, onDone }: ThreadSetting,
  { signal }: JobContext,
): Promise<void> {
  await using worker = new Worker(new URL('./sample-worker.ts', import.meta.url), { workerData: { dir } });
  await new Promise<void>((resolve, reject) => {
    const next = () => {
      if (signal?.aborted) return reject(new AppError('aborted', 'Stopped.'));
      const { value, done } = queue.next();
      if (done) resolve();
      else worker.postMessage(value);
    };
    worker.on('message', (message: { done: string } | { failed: string }) => {
      if ('failed' in message) return reject(new AppError('bug', `Drawing the sample failed: ${message.failed}`));
      onDone();
      next();
    });
    worker.on('error', reject);
    signal?.addEventListener('abort', () => reject(new AppError('aborted', 'Stopped.')), { once: true });
    next();
  });
}
