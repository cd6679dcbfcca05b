import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describeMachine } from '../src-main/compute/bench-result.ts';

/** Prints a result as JSON and, if asked, writes it to `bench/results/<name>.json`. */
export async function publishResult(name: string, figures: object, save: boolean): Promise<void> {
  const text = `${JSON.stringify({ bench: name, date: new Date().toISOString(), machine: describeMachine(), ...figures }, null, 2)}\n`;
  process.stdout.write(text);
  if (!save) return;
  const folder = fileURLToPath(new URL('results/', import.meta.url));
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}${name}.json`, text);
}
