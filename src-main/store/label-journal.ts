import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../contract/errors.ts';
import type { Moment } from '../contract/records.ts';
import { momentInVideo } from '../data/moment-in-video.ts';
import { LabelView } from './label-view.ts';
import { labelEventOf, SELECT_EVENTS } from './project-rows.ts';
import type { LabelEvent } from './project-rows.ts';
import type { ProjectDatabase } from './project-database.ts';

/** What somebody says about a video; what is left out is null or false, `holds` is true, and `at` is now. */
export type NewLabel = Pick<LabelEvent, 'videoId' | 'who' | 'source' | 'label'> &
  Partial<Pick<LabelEvent, 'moment' | 'confidence' | 'note' | 'rejected' | 'holds' | 'key'>>;

const STANDING = 'NOT EXISTS (SELECT 1 FROM label_withdrawals w WHERE w.event_seq = e.seq)';

/**
 * Who said what about which video: events are appended and never changed. The label of a video is that of its last
 * event that holds and was not withdrawn; what a rater says blindly is kept beside it as an opinion.
 */
export class LabelJournal {
  readonly #database: ProjectDatabase;
  /** The same in memory, for those who ask again and again. */
  readonly view: LabelView;

  constructor(database: ProjectDatabase) {
    this.#database = database;
    this.view = new LabelView(database);
  }

  /**
   * Appends events in one transaction; they are on disk when this returns.
   * @throws AppError `not-found` for an unknown video, `bad-input` for a confidence outside 0 to 1, or a moment that is
   * empty or lies outside the video; then nothing is appended
   */
  add(labels: readonly NewLabel[]): void {
    this.#database.write(() => {
      for (const label of labels) {
        this.#requireVideo(label.videoId);
        this.append(label);
      }
    });
  }

  /**
   * Appends one event, as part of the caller's transaction.
   * @throws AppError `bad-input` for a confidence outside 0 to 1, or a moment that is empty or lies outside the video
   */
  append(label: NewLabel): void {
    checkLabel(label);
    const { videoId, who, source, moment = null, confidence = null, note = null, key = null } = label;
    if (moment !== null) this.#requireInside(moment, videoId);
    this.#database.run(
      `INSERT INTO label_events
         (video_id, at, who, source, label, start_sec, end_sec, confidence, note, rejected, holds, key)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[videoId, new Date().toISOString(), who, source, label.label],
      ...[moment?.startSec ?? null, moment?.endSec ?? null, confidence, note],
      ...[label.rejected === true ? 1 : 0, label.holds === false ? 0 : 1, key],
    );
  }

  /**
   * Takes over what a list says of a video, unless it said the same at the last import: then what people decided since
   * holds. A list without a label changes nothing. Part of the caller's transaction.
   * @returns whether an event was appended
   * @throws AppError `bad-input` for a moment that is empty or lies outside the video
   */
  takeOver(videoId: string, label: string | null, moment: Moment | null): boolean {
    if (label === null) return false;
    const last = this.of(videoId).findLast((event) => event.source === 'import');
    if (last?.label === label && (moment === null || isDeepStrictEqual(last.moment, moment))) return false;
    this.append({ videoId, who: 'import', source: 'import', label, moment });
    return true;
  }

  /**
   * Takes back all events with a key, so that what was said before them counts again; that is itself written down.
   * @returns how many events were withdrawn
   */
  withdraw(key: string, who: string): number {
    return this.#database.write(() => {
      const found = this.#database.all(`SELECT e.seq FROM label_events e WHERE e.key = ? AND ${STANDING}`, key);
      for (const { seq } of found)
        this.#database.run(
          'INSERT INTO label_withdrawals (event_seq, at, who) VALUES (?, ?, ?)',
          ...[Number(seq), new Date().toISOString(), who],
        );
      return found.length;
    });
  }

  /** All events of a video, oldest first, withdrawn ones too. */
  of(videoId: string): LabelEvent[] {
    return this.#database.all(`${SELECT_EVENTS} WHERE e.video_id = ? ORDER BY e.seq`, videoId).map(labelEventOf);
  }

  /**
   * The last standing event of each rater on each video that is in the project, oldest first. What lists and folders
   * said counts as the rater `import`.
   */
  opinions(): LabelEvent[] {
    return this.#database
      .all(
        `${SELECT_EVENTS} JOIN videos v ON v.id = e.video_id AND v.removed_at IS NULL
         WHERE e.seq IN (SELECT max(e.seq) FROM label_events e WHERE ${STANDING} GROUP BY e.video_id, e.who)
         ORDER BY e.seq`,
      )
      .map(labelEventOf);
  }

  /** The event that gives each video its label, where one does. */
  holding(): LabelEvent[] {
    return this.#database
      .all(
        `${SELECT_EVENTS} WHERE e.seq IN
           (SELECT max(e.seq) FROM label_events e WHERE e.holds AND ${STANDING} GROUP BY e.video_id)`,
      )
      .map(labelEventOf);
  }

  /** Names of all who said something, in the order of their first word, without `import`. */
  raters(): string[] {
    return this.#database
      .all(`SELECT who FROM label_events WHERE source = 'person' GROUP BY who ORDER BY min(seq)`)
      .map(({ who }) => String(who));
  }

  #requireVideo(videoId: string): void {
    if (this.#database.all('SELECT 1 FROM videos WHERE id = ? AND removed_at IS NULL', videoId).length === 0)
      throw new AppError('not-found', `There is no video ${videoId} in the project.`);
  }

  #requireInside(moment: Moment, videoId: string): void {
    const durationOf = `SELECT json_extract(media, '$.durationSec') AS sec FROM videos WHERE id = ?`;
    const durationSec = Number(this.#database.all(durationOf, videoId)[0]?.sec);
    if (momentInVideo(moment, durationSec) !== null) return;
    throw new AppError(
      'bad-input',
      `A moment is from ${moment.startSec} to ${moment.endSec} s, and the video ends at ${durationSec} s.`,
      { hint: 'Mark the moment anew, or remove it.' },
    );
  }
}

function checkLabel({ label, moment, confidence, rejected }: NewLabel): void {
  if (label !== null && label.trim() === '')
    throw new AppError('bad-input', 'A label is empty: expected a name or null.');
  if (rejected === true && label !== null)
    throw new AppError('bad-input', `A video that is rejected has no label; got '${label}'.`);
  if (confidence != null && !(confidence >= 0 && confidence <= 1))
    throw new AppError('bad-input', `Confidence is ${confidence}: expected 0 to 1.`);
  if (moment != null && !isMoment(moment))
    throw new AppError(
      'bad-input',
      `A moment is from ${moment.startSec} to ${moment.endSec} s: expected an end after the start.`,
    );
}

function isMoment({ startSec, endSec }: Moment): boolean {
  return startSec >= 0 && endSec > startSec && Number.isFinite(endSec);
}
