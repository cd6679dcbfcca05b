import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../contract/errors.ts';

export const PROJECT_FILE = 'project.sqlite';

/** 'APEX': marks the file as ours in its header. */
const APPLICATION_ID = 0x41504558;

/** Statement lists that bring a project from version i to i + 1. Only ever append: projects of users are at any of them. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE videos (
    id TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('file', 'frames')),
    size_bytes INTEGER NOT NULL,
    content_hash TEXT NOT NULL UNIQUE,
    subject TEXT,
    performance TEXT,
    declared_split TEXT CHECK (declared_split IN ('train', 'val', 'test')),
    attributes TEXT NOT NULL,
    media TEXT NOT NULL,
    frame_times BLOB NOT NULL,
    faces TEXT NOT NULL CHECK (faces IN ('auto', 'cropped')),
    added_at TEXT NOT NULL,
    removed_at TEXT
  ) STRICT;
  CREATE TABLE label_events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    video_id TEXT NOT NULL REFERENCES videos (id),
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('import', 'person')),
    label TEXT,
    start_sec REAL,
    end_sec REAL,
    confidence REAL,
    note TEXT
  ) STRICT;
  CREATE INDEX label_events_by_video ON label_events (video_id, seq);
  CREATE TRIGGER label_events_keep BEFORE UPDATE ON label_events
    BEGIN SELECT raise(ABORT, 'label events are append-only'); END;
  CREATE TRIGGER label_events_stay BEFORE DELETE ON label_events
    BEGIN SELECT raise(ABORT, 'label events are append-only'); END;
  CREATE TABLE person_choices (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    video_id TEXT NOT NULL REFERENCES videos (id),
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    person INTEGER
  ) STRICT;
  CREATE TABLE quarantine (path TEXT PRIMARY KEY, code TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL) STRICT;
  CREATE TABLE splits (name TEXT PRIMARY KEY, at TEXT NOT NULL, sets TEXT NOT NULL) STRICT;
  CREATE TABLE runs (
    name TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    status TEXT NOT NULL,
    summary TEXT NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE label_events ADD COLUMN rejected INTEGER NOT NULL DEFAULT 0 CHECK (rejected IN (0, 1));
  ALTER TABLE label_events ADD COLUMN holds INTEGER NOT NULL DEFAULT 1 CHECK (holds IN (0, 1));
  ALTER TABLE label_events ADD COLUMN key TEXT;
  CREATE INDEX label_events_by_key ON label_events (key) WHERE key IS NOT NULL;
  CREATE TABLE label_withdrawals (
    event_seq INTEGER PRIMARY KEY REFERENCES label_events (seq),
    at TEXT NOT NULL,
    who TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER label_withdrawals_keep BEFORE UPDATE ON label_withdrawals
    BEGIN SELECT raise(ABORT, 'withdrawals of labels are append-only'); END;
  CREATE TRIGGER label_withdrawals_stay BEFORE DELETE ON label_withdrawals
    BEGIN SELECT raise(ABORT, 'withdrawals of labels are append-only'); END;
  `,
  'CREATE INDEX videos_by_path ON videos (path)',
  `
  CREATE TABLE guess_verdicts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    video_id TEXT NOT NULL REFERENCES videos (id),
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    run TEXT NOT NULL,
    label TEXT NOT NULL,
    start_sec REAL NOT NULL,
    end_sec REAL NOT NULL,
    rejected INTEGER NOT NULL CHECK (rejected IN (0, 1))
  ) STRICT;
  CREATE INDEX guess_verdicts_by_video ON guess_verdicts (video_id, seq);
  CREATE TRIGGER guess_verdicts_keep BEFORE UPDATE ON guess_verdicts
    BEGIN SELECT raise(ABORT, 'verdicts on guesses are append-only'); END;
  CREATE TRIGGER guess_verdicts_stay BEFORE DELETE ON guess_verdicts
    BEGIN SELECT raise(ABORT, 'verdicts on guesses are append-only'); END;
  `,
];

/**
 * Opens the database of a project, brought to the newest version.
 * @throws AppError `not-found` without a project (unless `create`), `bad-input` for a file of another program or of a
 * newer Apexscope or a place that cannot be written to, `corrupt` for a damaged file
 */
export function openDatabase(dir: string, { create }: { create: boolean }): DatabaseSync {
  const file = path.join(dir, PROJECT_FILE);
  if (create) makeFolder(dir);
  else requireProject(dir, file);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 10_000 });
    migrate(database, file);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    return database;
  } catch (error) {
    database?.close();
    throw databaseError(file, error);
  }
}

function makeFolder(dir: string): void {
  try {
    makeMissing(dir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isFile = code === 'EEXIST' || code === 'ENOTDIR';
    const reason = isFile ? 'there is a file in its place' : `the folder cannot be made (${code})`;
    throw new AppError('bad-input', `No project can be made at ${dir}: ${reason}.`, {
      hint: 'Choose another folder with --project.',
      cause: error,
    });
  }
}

/** Not by `recursive: true`: that never returns where the parent exists and still says ENOENT, as in /proc. */
function makeMissing(dir: string): void {
  const parent = path.dirname(dir);
  if (parent !== dir && !existsSync(parent)) makeMissing(parent);
  if (!existsSync(dir) || !statSync(dir).isDirectory()) mkdirSync(dir);
}

function requireProject(dir: string, file: string): void {
  if (existsSync(file)) return;
  const hint = `Make it with: apexscope import <folder> --project '${dir}'`;
  if (!existsSync(dir))
    throw new AppError('not-found', `There is no project at ${dir}: the folder does not exist.`, { hint });
  if (!statSync(dir).isDirectory())
    throw new AppError('bad-input', `${dir} is a file; a project is a folder with ${PROJECT_FILE} in it.`, { hint });
  throw new AppError('not-found', `There is no project at ${dir}: the folder has no ${PROJECT_FILE}.`, { hint });
}

function migrate(database: DatabaseSync, file: string): void {
  const version = pragma(database, 'user_version');
  const owner = pragma(database, 'application_id');
  if (owner !== APPLICATION_ID && !isFresh(database))
    throw new AppError('bad-input', `${file} is a database of another program, not an Apexscope project.`);
  if (version > MIGRATIONS.length)
    throw new AppError(
      'bad-input',
      `${file} was written by a newer Apexscope (project version ${version}; this one knows up to ${MIGRATIONS.length}).`,
      { hint: 'Update Apexscope.' },
    );
  if (version === MIGRATIONS.length) return;
  inTransaction(database, () => {
    const from = pragma(database, 'user_version');
    for (const statements of MIGRATIONS.slice(from)) database.exec(statements);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function isFresh(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}

/** All of `work` reaches the disk, or nothing of it, whenever the process is killed. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

const WRITABLE = 'Every command notes in the project what it did: copy the folder to where you may write.';
const FROM_BACKUP = 'Take the file from a backup, or import the videos into a new project.';

/** SQLite's primary result codes that have a cause outside of the program. */
const CAUSES: Record<number, { code: 'bad-input' | 'corrupt'; reason: string; hint: string }> = {
  5: { code: 'bad-input', reason: 'another process is writing to it', hint: 'Wait until it is done, or end it.' },
  8: { code: 'bad-input', reason: 'it cannot be written to', hint: WRITABLE },
  11: { code: 'corrupt', reason: 'the file is damaged', hint: FROM_BACKUP },
  13: { code: 'bad-input', reason: 'the disk is full', hint: 'Make room and go on: what is stored stays.' },
  14: { code: 'bad-input', reason: 'it cannot be opened or written to', hint: WRITABLE },
  26: { code: 'corrupt', reason: 'the file is not a project database', hint: FROM_BACKUP },
};

/** Says in words what SQLite's code means; anything else stays as it is. */
export function databaseError(file: string, error: unknown): unknown {
  const resultCode = (error as { errcode?: number }).errcode;
  const cause = resultCode === undefined ? undefined : CAUSES[resultCode & 0xff];
  if (cause === undefined) return error;
  return new AppError(cause.code, `${file}: ${cause.reason}.`, { cause: error, hint: cause.hint });
}
