/** `npm start`: builds the program and opens it in Electron, whose binary comes with the first start. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const ELECTRON = path.dirname(createRequire(import.meta.url).resolve('electron/package.json'));

const electron = electronBinary() ?? downloadedBinary();
if (electron === null) {
  const advice = [
    'Electron is not on this machine, and its binary could not be downloaded.',
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

/** What `ELECTRON_PATH` names, or what the npm package has downloaded before. */
function electronBinary(): string | null {
  const named = process.env['ELECTRON_PATH'];
  if (named !== undefined) return existsSync(named) ? named : null;
  const place = path.join(ELECTRON, 'path.txt');
  if (!existsSync(place)) return null;
  const binary = path.join(ELECTRON, 'dist', readFileSync(place, 'utf8'));
  return existsSync(binary) ? binary : null;
}

function downloadedBinary(): string | null {
  if (process.env['ELECTRON_PATH'] !== undefined) return null;
  process.stderr.write('Fetching Electron (about 120 MB, only this once) …\n');
  spawnSync(process.execPath, [path.join(ELECTRON, 'install.js')], { stdio: ['ignore', 'inherit', 'ignore'] });
  return electronBinary();
}
