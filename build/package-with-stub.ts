/** Packages the built program around a stand-in for Electron's binary, so that what goes into it can be checked anywhere. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, Platform } from 'electron-builder';
import { renderIcons } from './render-icons.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

/**
 * Writes `linux-unpacked/` into a folder, from the `out/` of a project.
 * @returns the folder of its resources, where `app.asar` lies
 */
export async function packageWithStub(folder: string): Promise<string> {
  const electronDist = path.join(folder, 'stub');
  writeStub(electronDist);
  await renderIcons(path.join(ROOT, 'build', 'rendered'));
  await build({
    projectDir: ROOT,
    targets: Platform.LINUX.createTarget('dir'),
    publish: 'never',
    config: {
      extends: path.join(ROOT, 'electron-builder.yml'),
      directories: { output: folder },
      electronDist,
      // A stand-in has no fuses to flip.
      electronFuses: null,
    },
  });
  return path.join(folder, 'linux-unpacked', 'resources');
}

function writeStub(folder: string): void {
  mkdirSync(path.join(folder, 'locales'), { recursive: true });
  mkdirSync(path.join(folder, 'resources'), { recursive: true });
  for (const program of ['electron', 'chrome_crashpad_handler', 'chrome-sandbox'])
    writeFileSync(path.join(folder, program), '#!/bin/sh\n', { mode: 0o755 });
  for (const text of ['version', 'LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak'])
    writeFileSync(path.join(folder, text), '');
  cpSync(path.join(ROOT, 'LICENSE'), path.join(folder, 'LICENSE'));
}
