import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const PARENT = fileURLToPath(new URL('./short-lived-parent.ts', import.meta.url));

it('a process whose parent is killed in the middle of answers ends quietly', async () => {
  const parent = spawn(process.execPath, [PARENT], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaints = '';
  parent.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const lines = createInterface({ input: parent.stdout })[Symbol.asyncIterator]();
  await lines.next();
  parent.kill('SIGKILL');
  // Its standard error is that of the parent: this stream ends when both have.
  await new Promise((resolve) => parent.stderr.once('close', resolve));
  expect(complaints).toBe('');
});
