import { z } from 'zod';
import { AppError } from '../contract/errors.ts';
import type { Moment } from '../contract/records.ts';
import type { ProjectDatabase } from './project-database.ts';

/** What a run took a stretch of a video for. */
export type Guess = { run: string; label: string; moment: Moment };

/** Whether somebody rejected a guess, or took that back. */
export type GuessVerdict = { videoId: string; who: string; rejected: boolean; guesses: readonly Guess[] };

const guessRow = z
  .object({ run: z.string(), label: z.string(), start_sec: z.number(), end_sec: z.number() })
  .transform(({ run, label, start_sec, end_sec }) => ({
    ...{ run, label, moment: { startSec: start_sec, endSec: end_sec } },
  }));

/** Who rejected which guess of a run, and who took that back: verdicts are appended, and the last on a guess stands. */
export class GuessJournal {
  readonly #database: ProjectDatabase;

  constructor(database: ProjectDatabase) {
    this.#database = database;
  }

  /**
   * Appends a verdict on guesses of a video in one transaction; it is on disk when this returns.
   * @throws AppError `not-found` for an unknown video; then nothing is appended
   */
  add({ videoId, who, rejected, guesses }: GuessVerdict): void {
    const at = new Date().toISOString();
    this.#database.write(() => {
      this.#requireVideo(videoId);
      for (const { run, label, moment } of guesses)
        this.#database.run(
          `INSERT INTO guess_verdicts (video_id, at, who, run, label, start_sec, end_sec, rejected)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          ...[videoId, at, who, run, label, moment.startSec, moment.endSec, rejected ? 1 : 0],
        );
    });
  }

  /** Guesses on a video that stand rejected, in the order in which they were. */
  rejectedOf(videoId: string): Guess[] {
    return this.#database
      .all(
        `SELECT run, label, start_sec, end_sec FROM guess_verdicts WHERE rejected AND seq IN
           (SELECT max(seq) FROM guess_verdicts WHERE video_id = ? GROUP BY run, label, start_sec, end_sec)
         ORDER BY seq`,
        videoId,
      )
      .map((row) => guessRow.parse(row));
  }

  #requireVideo(videoId: string): void {
    if (this.#database.all('SELECT 1 FROM videos WHERE id = ? AND removed_at IS NULL', videoId).length === 0)
      throw new AppError('not-found', `There is no video ${videoId} in the project.`);
  }
}
