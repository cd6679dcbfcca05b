/** `npm start`: builds the program and opens it in Electron, whose binary comes with the first start. */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { ELECTRON_PACKAGE, electronBinary } from './electron-binary.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

const electron = electronBinary() ?? downloadedBinary();
if (electron === null) {
  const named = process.env['ELECTRON_PATH'];
  const found =
    named === undefined
      ? 'Electron is not on this machine, and its binary could not be downloaded.'
      : `ELECTRON_PATH names ${named}, and there is no such file.`;
  const advice = [
    found,
    '  The same interface in a Chromium:  npm run start:browser',
    '  An Electron that is installed:     ELECTRON_PATH=/path/to/electron npm start',
  ];
  process.stderr.write(`${advice.join('\n')}\n`);
  process.exit(1);
}
build();
spawn(electron, [ROOT, ...process.argv.slice(2)], { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 0));

function build(): void {
  const args = ['build', '-c', 'electron.config.ts', '--logLevel', 'warn'];
  const windows = process.platform === 'win32';
  const { status } = spawnSync('electron-vite', args, { cwd: ROOT, stdio: 'inherit', shell: windows });
  if (status !== 0) process.exit(status ?? 1);
}

function downloadedBinary(): string | null {
  if (process.env['ELECTRON_PATH'] !== undefined) return null;
  process.stderr.write('Fetching Electron (about 120 MB, only this once) …\n');
  spawnSync(process.execPath, [path.join(ELECTRON_PACKAGE, 'install.js')], { stdio: ['ignore', 'inherit', 'ignore'] });
  return electronBinary();
}
