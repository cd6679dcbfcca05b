import { EventEmitter } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';

const dataDir = process.env['APEXSCOPE_USER_DATA'] ?? path.join(os.homedir(), '.config', 'apexscope-browser');

/** A start that finds this socket tells it its arguments and ends: Electron's lock of a single instance. */
const lock =
  process.platform === 'win32' ? `\\\\.\\pipe\\apexscope-${encodeURIComponent(dataDir)}` : path.join(dataDir, 'lock');

/** `app` of Electron, as far as the program uses it. */
class App extends EventEmitter {
  readonly commandLine = { appendSwitch: () => undefined };
  readonly #ready = Promise.withResolvers<undefined>();
  #isQuitting = false;

  /** Answers yes at once, as Electron does; a start that turns out to be the second ends before it is ready. */
  requestSingleInstanceLock(): boolean {
    mkdirSync(dataDir, { recursive: true });
    const first = connect(lock, () => {
      first.end(JSON.stringify({ args: process.argv.slice(1), workingDir: process.cwd() }));
      first.on('close', () => process.exit(0));
    });
    first.on('error', () => this.#takeLock());
    return true;
  }

  #takeLock(): void {
    if (process.platform !== 'win32') rmSync(lock, { force: true });
    const server = createServer((socket) => {
      let text = '';
      socket.on('data', (data) => (text += data.toString()));
      socket.on('end', () => {
        const { args, workingDir } = JSON.parse(text) as { args: string[]; workingDir: string };
        this.emit('second-instance', {}, args, workingDir);
      });
    });
    server.listen(lock, () => this.#ready.resolve(undefined));
  }

  whenReady(): Promise<undefined> {
    return this.#ready.promise;
  }

  getPath(name: 'userData' | 'documents'): string {
    return name === 'userData' ? dataDir : (process.env['APEXSCOPE_DOCUMENTS'] ?? os.homedir());
  }

  enableSandbox(): void {
    // Chromium's own sandbox is up to how playwright starts it.
  }

  quit(): void {
    let prevented = false;
    this.emit('before-quit', { preventDefault: () => (prevented = true) });
    if (prevented || this.#isQuitting) return;
    this.#isQuitting = true;
    this.emit('will-quit');
    setTimeout(() => process.exit(0), 0);
  }
}

export const app = new App();
process.on('SIGINT', () => app.quit());
process.on('SIGTERM', () => app.quit());
