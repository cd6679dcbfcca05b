import { cp, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from './atomic-write.ts';

const MANIFEST = 'manifest.json';

type Place = { runsDir: string; name: string };

/**
 * Makes a run out of another, under a name of its own; its manifest comes last, and with it the run is there.
 * @param without - files of the folder that stay behind
 */
export async function copyRun(from: Place, to: Place, without: readonly string[] = []): Promise<void> {
  const [source, target] = [from, to].map(({ runsDir, name }) => path.join(runsDir, name)) as [string, string];
  const left = new Set([MANIFEST, ...without]);
  await mkdir(to.runsDir, { recursive: true });
  await cp(source, target, { recursive: true, filter: (file) => !left.has(path.basename(file)) });
  const manifest = JSON.parse(await readFile(path.join(source, MANIFEST), 'utf8')) as object;
  await writeFileAtomic(path.join(target, MANIFEST), `${JSON.stringify({ ...manifest, name: to.name }, null, 2)}\n`);
}
