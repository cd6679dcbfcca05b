import { existsSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { AppError } from '../contract/errors.ts';
import { databaseError, inTransaction } from './project-schema.ts';

/** The open database of a project. What SQLite complains of is said in words, with the name of the file. */
export class ProjectDatabase {
  readonly #database: DatabaseSync;
  readonly #file: string;

  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  all(sql: string, ...values: SQLInputValue[]) {
    return this.#said(() => this.#database.prepare(sql).all(...values));
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#database.prepare(sql).run(...values);
  }

  /**
   * One transaction: all of it reaches the disk, or nothing.
   * @throws AppError `not-found` where the file was moved or removed: what is written to it would be lost unseen
   */
  write<T>(work: () => T): T {
    if (!existsSync(this.#file))
      throw new AppError('not-found', `Nothing was stored: the project is no longer at ${path.dirname(this.#file)}.`, {
        hint: 'Its folder was moved or removed while it was open. Put it back, or open it where it is now.',
      });
    return this.#said(() => inTransaction(this.#database, work));
  }

  #said<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw databaseError(this.#file, error);
    }
  }
}
