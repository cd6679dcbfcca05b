import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** How often the folder is looked at. */
const PERIOD_MS = 700;

/** What `make` says of a folder, at first and whenever a record in it has changed, until the signal fires. */
export async function* folderPictures<T>(
  dir: string,
  make: () => Promise<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  let seen: string | null = null;
  while (!signal.aborted) {
    const now = await stampOf(dir);
    if (now !== seen) yield await make();
    seen = now;
    await wait(PERIOD_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Times and sizes of all records. */
async function stampOf(dir: string): Promise<string> {
  const names = await readdir(dir, { recursive: true });
  const records = names.filter((name) => /\.(json|jsonl)$/.test(name));
  const stats = await Promise.all(records.map((name) => stat(path.join(dir, name)).catch(() => null)));
  return stats.map((one) => (one === null ? '' : `${one.mtimeMs}/${one.size}`)).join();
}
