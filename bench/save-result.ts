import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** What a figure was measured on; names no person and no host. */
export function machine() {
  const cores = cpus();
  return {
    cpu: cores[0]?.model ?? 'unknown',
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
  };
}

/** Prints a result as JSON and, if asked, writes it to `bench/results/<name>.json`. */
export async function publishResult(name: string, figures: object, save: boolean): Promise<void> {
  const text = `${JSON.stringify({ bench: name, date: new Date().toISOString(), machine: machine(), ...figures }, null, 2)}\n`;
  process.stdout.write(text);
  if (!save) return;
  const folder = fileURLToPath(new URL('results/', import.meta.url));
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}${name}.json`, text);
}
