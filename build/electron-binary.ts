import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Folder of the npm package `electron`. */
export const ELECTRON_PACKAGE = path.dirname(createRequire(import.meta.url).resolve('electron/package.json'));

/** What `ELECTRON_PATH` names, or what the npm package has downloaded before; null where there is no such file. */
export function electronBinary(): string | null {
  const named = process.env['ELECTRON_PATH'];
  if (named !== undefined) return existsSync(named) ? named : null;
  const place = path.join(ELECTRON_PACKAGE, 'path.txt');
  if (!existsSync(place)) return null;
  const binary = path.join(ELECTRON_PACKAGE, 'dist', readFileSync(place, 'utf8'));
  return existsSync(binary) ? binary : null;
}
