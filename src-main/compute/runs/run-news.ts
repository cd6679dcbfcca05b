import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { MetricsRecord } from '../../contract/records.ts';
import type { RunNews } from '../../contract/window/train.ts';
import { parseJsonLines } from '../../store/json-lines.ts';

/** How often a growing file is looked at. */
const PERIOD_MS = 400;

/**
 * What `metrics.jsonl` of a run holds, then what is added to it. A file that becomes shorter (a run that is resumed
 * drops what came after its checkpoint) is told anew from its first line.
 */
export async function* followRun(runDir: string, signal: AbortSignal): AsyncGenerator<RunNews> {
  const file = path.join(runDir, 'metrics.jsonl');
  let read = 0;
  while (!signal.aborted) {
    const { text, size } = await tail(file, read);
    const anew = size < read || read === 0;
    const whole = size < read ? (await tail(file, 0)).text : text;
    const end = whole.lastIndexOf('\n') + 1;
    if (end > 0) yield { ...newsOf(parseJsonLines(whole.slice(0, end), file)), anew };
    read = (size < read ? 0 : read) + Buffer.byteLength(whole.slice(0, end));
    await wait(PERIOD_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function tail(file: string, from: number): Promise<{ text: string; size: number }> {
  if (!existsSync(file)) return { text: '', size: 0 };
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.max(0, size - from));
    await handle.read(bytes, 0, bytes.length, from);
    return { text: bytes.toString('utf8'), size };
  } finally {
    await handle.close();
  }
}

function newsOf(records: readonly unknown[]): Omit<RunNews, 'anew'> {
  const known = records as MetricsRecord[];
  return {
    epochs: known.filter((record) => record.kind === 'epoch'),
    step: known.findLast((record) => record.kind === 'step') ?? null,
  };
}
