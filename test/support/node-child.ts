import { fork } from 'node:child_process';
import type { StdioOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ChildHandle } from '../../src-main/service/processes/supervisor.ts';

type ChildOptions = { quiet?: boolean; environment?: Record<string, string> };

/**
 * Starts one of the program's processes, or a stand-in of a test, as a Node child.
 * @param options - `quiet` drops what it writes, for one that is meant to fail; `environment` is added to this one's
 */
export function startNodeChild(file: URL, { quiet = false, environment = {} }: ChildOptions = {}): ChildHandle {
  const output = quiet ? 'ignore' : 'inherit';
  const stdio: StdioOptions = ['ignore', output, output, 'ipc'];
  const child = fork(fileURLToPath(file), [], {
    ...{ serialization: 'advanced', execArgv: [], stdio },
    env: { ...process.env, ...environment },
  });
  return {
    pid: child.pid,
    port: {
      post: (message) => {
        // Why: a process that was killed is noticed a moment later.
        if (child.connected) child.send(message as object, () => undefined);
      },
      onMessage: (listener) => child.on('message', listener),
      onClose: (listener) => child.once('exit', () => listener()),
    },
    kill: () => child.kill('SIGKILL'),
  };
}

export const PROJECT_PROCESS = new URL('../../src-main/service/processes/project-process.ts', import.meta.url);
export const COMPUTE_PROCESS = new URL('../../src-main/service/processes/compute-process.ts', import.meta.url);
