import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import path from 'node:path';
import { report } from './report.ts';

/** `utilityProcess` of Electron over a Node child. */
class UtilityProcess extends EventEmitter {
  readonly #child;

  constructor(file: string, args: readonly string[], { env }: { env?: NodeJS.ProcessEnv }) {
    super();
    this.#child = fork(file, args, { serialization: 'advanced', execArgv: [], env: env ?? process.env });
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.on('exit', (code) => this.emit('exit', code));
    report({ process: path.basename(file, '.js'), pid: this.#child.pid });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  postMessage(message: unknown): void {
    if (this.#child.connected) this.#child.send(message as object);
  }

  kill(): boolean {
    return this.#child.kill();
  }
}

export const utilityProcess = {
  fork: (file: string, args: readonly string[], options: { env?: NodeJS.ProcessEnv } = {}) =>
    new UtilityProcess(file, args, options),
};
