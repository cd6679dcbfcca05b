import { setImmediate } from 'node:timers/promises';
import type { ProjectDatabase } from './project-database.ts';
import { labelEventOf, SELECT_EVENTS } from './project-rows.ts';
import type { LabelEvent } from './project-rows.ts';

/** Videos whose events are read at one time: a few milliseconds. */
const PIECE = 400;

/** Both only grow. */
type JournalState = { seq: number; withdrawals: number };

/**
 * What stands of the journal, kept in memory: it only grows, so that no more is read than what was appended since, by
 * this process or another.
 */
export class LabelView {
  readonly #database: ProjectDatabase;
  readonly #opinions = new Map<string, LabelEvent[]>();
  readonly #holding = new Map<string, LabelEvent>();
  #seen: JournalState = { seq: 0, withdrawals: 0 };
  #turn: Promise<unknown> = Promise.resolve();

  constructor(database: ProjectDatabase) {
    this.#database = database;
  }

  /** The last standing event of each rater on a video, oldest first, as of the last {@link catchUp}. */
  opinionsOf(videoId: string): readonly LabelEvent[] {
    return this.#opinions.get(videoId) ?? [];
  }

  /** The event that gives a video its label. */
  holdingOf(videoId: string): LabelEvent | undefined {
    return this.#holding.get(videoId);
  }

  /** Reads what was appended or withdrawn meanwhile, in pieces between which others have their turn. */
  catchUp(): Promise<void> {
    const caughtUp = this.#turn.then(() => this.#readAll());
    this.#turn = caughtUp.catch(() => undefined);
    return caughtUp;
  }

  async #readAll(): Promise<void> {
    for (let now = this.#state(); !this.#isSeen(now); now = this.#state()) {
      const changed = this.#changedVideos(now);
      for (let from = 0; from < changed.length; from += PIECE) {
        if (from > 0) await setImmediate();
        this.#read(changed.slice(from, from + PIECE));
      }
      this.#seen = now;
    }
  }

  #state(): JournalState {
    const [row] = this.#database.all(
      `SELECT (SELECT ifnull(max(seq), 0) FROM label_events) AS seq,
              (SELECT count(*) FROM label_withdrawals) AS withdrawals`,
    );
    return { seq: Number(row!.seq), withdrawals: Number(row!.withdrawals) };
  }

  #isSeen({ seq, withdrawals }: JournalState): boolean {
    return seq === this.#seen.seq && withdrawals === this.#seen.withdrawals;
  }

  #changedVideos({ withdrawals }: JournalState): string[] {
    const appended = this.#database.all('SELECT DISTINCT video_id FROM label_events WHERE seq > ?', this.#seen.seq);
    const withdrawn =
      withdrawals === this.#seen.withdrawals
        ? []
        : this.#database.all(
            'SELECT DISTINCT video_id FROM label_events WHERE seq IN (SELECT event_seq FROM label_withdrawals)',
          );
    return [...new Set([...appended, ...withdrawn].map(({ video_id }) => String(video_id)))];
  }

  #read(videoIds: readonly string[]): void {
    const rows = this.#database.all(
      `${SELECT_EVENTS} WHERE e.video_id IN (SELECT value FROM json_each(?)) ORDER BY e.seq`,
      JSON.stringify(videoIds),
    );
    const events = Map.groupBy(rows.map(labelEventOf), ({ videoId }) => videoId);
    for (const [id, all] of events) {
      const standing = all.filter(({ withdrawn }) => !withdrawn);
      this.#opinions.set(id, lastOfEach(standing));
      const holding = standing.findLast(({ holds }) => holds);
      if (holding === undefined) this.#holding.delete(id);
      else this.#holding.set(id, holding);
    }
  }
}

function lastOfEach(events: readonly LabelEvent[]): LabelEvent[] {
  const last = new Map(events.map((event, i) => [event.who, i]));
  return events.filter(({ who }, i) => last.get(who) === i);
}
