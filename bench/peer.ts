import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A PyTorch program of `bench/peers` that answers each JSON line with one. */
export type Peer = { name: string; ask: (question: object) => Promise<object>; close: () => void };

/**
 * Starts a peer with Debian's python3-torch, or the Python that `PYTHON` names.
 * @throws Error when it does not start
 */
export async function startPeer(script: string, settings: object): Promise<Peer> {
  const file = fileURLToPath(new URL(`peers/${script}`, import.meta.url));
  const python = spawn(process.env['PYTHON'] ?? '/usr/bin/python3', [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const ask = async (question: object): Promise<object> => {
    python.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error('The PyTorch peer ended: is python3-torch installed?');
    return JSON.parse(value as string) as object;
  };
  const { name } = (await ask(settings)) as { name: string };
  return { name, ask, close: () => python.kill() };
}
