import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withFolderLock } from '../../../src-main/store/folder-lock.ts';

let dir: string;
let folder: string;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'apexscope-lock-'));
  folder = path.join(dir, 'crops');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const lockFile = () => path.join(dir, '.crops.lock');
const taken = () => withFolderLock({ folder, name: 'The folder' }, () => Promise.resolve('done'));

/** Another process that has the lock. */
async function otherHolder(): Promise<ChildProcess> {
  const script = path.join(import.meta.dirname, 'hold-folder-lock.ts');
  const child = spawn(process.execPath, [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function ended(child: ChildProcess, end: () => void): Promise<void> {
  const exit = once(child, 'exit');
  end();
  await exit;
}

describe('a folder that another process works in', () => {
  it('is refused with who that is, until it is done', async () => {
    const other = await otherHolder();
    await expect(taken()).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(
        new RegExp(`^The folder is in use by process ${other.pid}, since \\d{4}-\\d\\d-\\d\\dT.*Z: only one process`),
      ),
      hint: expect.stringContaining('Wait until it is done, or end it.'),
    });
    await ended(other, () => other.stdin!.write('go\n'));
    expect(await taken()).toBe('done');
  });

  it('is free again as soon as that process is killed', async () => {
    const other = await otherHolder();
    await ended(other, () => other.kill('SIGKILL'));
    expect(await taken()).toBe('done');
  });
});

describe('a lock', () => {
  it('that names a process which runs, but does not hold it, is taken over', async () => {
    await taken();
    using left = new DatabaseSync(lockFile());
    left.prepare('UPDATE holder SET pid = ?').run(process.ppid);
    expect(await taken()).toBe('done');
    expect(left.prepare('SELECT pid FROM holder').get()).toEqual({ pid: process.pid });
  });

  it('holds against others of this process, and only for its own folder', async () => {
    await withFolderLock({ folder, name: 'The folder' }, async () => {
      await expect(taken()).rejects.toThrow(`in use by process ${process.pid},`);
      const beside = { folder: path.join(dir, 'runs', 'one'), name: 'The run' };
      expect(await withFolderLock(beside, () => Promise.resolve('beside'))).toBe('beside');
    });
    expect(await taken()).toBe('done');
  });

  it('is let go when the work fails, and leaves the folder alone', async () => {
    const failing = withFolderLock({ folder, name: 'The folder' }, () => Promise.reject(new Error('failed')));
    await expect(failing).rejects.toThrow('failed');
    expect(await taken()).toBe('done');
    expect(existsSync(folder)).toBe(false);
  });
});
