/**
 * Folders that one process at a time may work in. The lock is SQLite's own on a small file beside the folder,
 * `.<name>.lock`: the system frees it when its process ends, however it ends, so that none is ever left behind. The file
 * itself stays, and says who had the lock last.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../contract/errors.ts';
import { databaseError } from './project-schema.ts';

/** A folder, and what messages call it. */
export type Workplace = { folder: string; name: string };

/** `since`: ISO 8601, UTC. */
type Holder = { pid: number; since: string };

/** Longer than another process takes to write down its name. */
const PATIENCE_MS = 1000;
const HOLDER = 'SELECT pid, since FROM holder';

/**
 * Does the work while nobody else, in this process or another, works in the folder. It need not be there yet.
 * @throws AppError `bad-input` naming the process that works in it, or where no file can be written beside it; and
 * whatever the work throws
 */
export async function withFolderLock<T>(place: Workplace, work: () => Promise<T>): Promise<T> {
  const lock = takeLock(place);
  try {
    return await work();
  } finally {
    lock.close();
  }
}

function takeLock({ folder, name }: Workplace): DatabaseSync {
  const file = path.join(path.dirname(folder), `.${path.basename(folder)}.lock`);
  const lock = openLock(file);
  try {
    lock.exec('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL, since TEXT NOT NULL) STRICT');
    signLock(lock, { pid: process.pid, since: new Date().toISOString() });
    return lock;
  } catch (error) {
    const refusal = isBusy(error) ? inUse(name, holderOf(lock)) : databaseError(file, error);
    lock.close();
    throw refusal;
  }
}

function openLock(file: string): DatabaseSync {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    return new DatabaseSync(file, { timeout: PATIENCE_MS });
  } catch (error) {
    throw databaseError(file, error);
  }
}

/**
 * Others can read only what is committed, and a commit lets go of the lock for a moment: whoever takes it then is the
 * holder, and signs in turn.
 */
function signLock(lock: DatabaseSync, { pid, since }: Holder): void {
  while (!isDeepStrictEqual(holderOf(lock), { pid, since })) {
    lock.exec('DELETE FROM holder');
    lock.prepare('INSERT INTO holder (pid, since) VALUES (?, ?)').run(pid, since);
    lock.exec('COMMIT; BEGIN IMMEDIATE');
  }
}

/** Null where the file cannot be read at this moment. */
function holderOf(lock: DatabaseSync): Holder | null {
  try {
    const row = lock.prepare(HOLDER).get();
    return row === undefined ? null : { pid: Number(row['pid']), since: String(row['since']) };
  } catch {
    return null;
  }
}

/** SQLite's primary result code for what another connection has locked. */
function isBusy(error: unknown): boolean {
  const { errcode = 0 } = error as { errcode?: number };
  return (errcode & 0xff) === 5;
}

function inUse(name: string, holder: Holder | null): AppError {
  const who = holder === null ? 'another process' : `process ${holder.pid}, since ${holder.since}`;
  return new AppError('bad-input', `${name} is in use by ${who}: only one process at a time may work there.`, {
    hint: 'Wait until it is done, or end it. What it finished is kept, and the work goes on from there.',
  });
}
