import type { Port } from '../../contract/rpc.ts';

/** `process.parentPort` of an Electron utility process. */
type ElectronParentPort = {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
};

/**
 * The line of this process to the one that started it: an Electron main process or, in tests and the browser harness, a
 * Node process. When that one goes, this one ends: what it works on is safe on disk at any moment.
 */
export function parentPort(): Port {
  const { parentPort: electron } = process as { parentPort?: ElectronParentPort };
  return electron ? electronPort(electron) : nodePort();
}

function electronPort(parent: ElectronParentPort): Port {
  return {
    post: (message) => parent.postMessage(message),
    onMessage: (listener) => parent.on('message', ({ data }) => listener(data)),
    // Electron ends its utility processes itself.
    onClose: () => undefined,
  };
}

function nodePort(): Port {
  process.on('disconnect', () => process.exit(0));
  return {
    // Why: the parent can be gone before its end is heard of; what it would have been told then matters to nobody.
    post: (message) => process.send?.(message, undefined, undefined, () => undefined),
    onMessage: (listener) => process.on('message', listener),
    onClose: (listener) => process.on('disconnect', listener),
  };
}
