import { fileURLToPath } from 'node:url';
import { utilityProcess } from 'electron';
import type { ChildHandle } from '../service/processes/supervisor.ts';

/** Starts one of our processes, which lie beside the main bundle. `environment` is added to that of this process. */
export function startUtility(
  name: 'project-process' | 'compute-process',
  environment: Record<string, string> = {},
): ChildHandle {
  const file = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  const env = { ...process.env, ...environment };
  const child = utilityProcess.fork(file, [], { serviceName: `Apexscope ${name}`, stdio: 'inherit', env });
  return {
    get pid() {
      return child.pid;
    },
    port: {
      post: (message) => child.postMessage(message),
      onMessage: (listener) => child.on('message', listener),
      onClose: (listener) => child.once('exit', listener),
    },
    kill: () => killNow(child.pid, () => child.kill()),
  };
}

/** A process that hangs does not listen to a polite request. */
function killNow(pid: number | undefined, otherwise: () => void): void {
  try {
    if (pid === undefined) otherwise();
    else process.kill(pid, 'SIGKILL');
  } catch {
    // Why: it has ended meanwhile.
  }
}
