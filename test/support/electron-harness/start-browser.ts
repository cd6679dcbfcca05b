/** `npm run start:browser`: builds the program and opens its window in a Chromium or Chrome instead of Electron. */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const windows = process.platform === 'win32';
const build = ['build', '-c', 'electron.config.ts', '--logLevel', 'warn'];
const { status } = spawnSync('electron-vite', build, { cwd: ROOT, stdio: 'inherit', shell: windows });
if (status !== 0) process.exit(status ?? 1);

const hasScreen = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
if (!hasScreen)
  process.stderr.write(
    'There is no screen: the browser runs without a head. Look into it by the "devtools" address.\n',
  );
const args = ['--import', new URL('./register.ts', import.meta.url).href, path.join(ROOT, 'out/main/main.js')];
const env = { ...process.env, ...(hasScreen && { APEXSCOPE_SHOW: '1' }) };
const app = spawn(process.execPath, [...args, ...process.argv.slice(2)], { stdio: 'inherit', env });
app.on('exit', (code) => process.exit(code ?? 0));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.kill(signal));
