import { existsSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { AppError } from '../contract/errors.ts';
import type { FrameIndex, Moment, QuarantineRecord, VideoRecord } from '../contract/records.ts';
import { GuessJournal } from './guess-journal.ts';
import { LabelJournal } from './label-journal.ts';
import type { NewLabel } from './label-journal.ts';
import { ProjectDatabase } from './project-database.ts';
import { openDatabase, PROJECT_FILE } from './project-schema.ts';
import { blobOf, runOf, SELECT_LINES, SELECT_VIDEOS, setsOf, timesOf, videoOf } from './project-rows.ts';
import type { LabelEvent, ProjectSets, ProjectVideo, RunRecord, VideoLine } from './project-rows.ts';

export type { NewLabel } from './label-journal.ts';
export type { LabelEvent, ProjectSets, ProjectVideo, RunRecord } from './project-rows.ts';

/** A video to add. Its id is made from its content. */
export type NewVideo = Omit<VideoRecord, 'id' | 'path'> & {
  absolutePath: string;
  timesSec: Float64Array;
  faces: 'auto' | 'cropped';
};

/** What an import says about a video besides its label. */
export type VideoDescription = Pick<ProjectVideo, 'subject' | 'performance' | 'declaredSplit' | 'attributes' | 'faces'>;

/**
 * Opens the project in a folder.
 * @param options.create - make the folder and the project when they are not there
 * @throws AppError `not-found`, `bad-input` (foreign, newer, not writable) or `corrupt`
 */
export function openProject(dir: string, { create = false }: { create?: boolean } = {}): Project {
  const absolute = path.resolve(dir);
  return new Project(absolute, openDatabase(absolute, { create }));
}

/** All folders of a project that the program itself fills, by what they hold; an import passes over them. */
export function ownFolders(dir: string): Record<'crops' | 'runs' | 'searches' | 'comparisons' | 'cache', string> {
  const inside = (name: string) => path.join(path.resolve(dir), name);
  return {
    crops: inside('crops'),
    runs: inside('runs'),
    searches: inside('searches'),
    comparisons: inside('comparisons'),
    cache: inside('cache'),
  };
}

/** A video's id: the first 16 hexadecimal digits of the hash of its content. */
export function videoId(contentHash: string): string {
  return contentHash.slice(0, 16);
}

/**
 * A project folder: videos, who labelled them what (an append-only journal), quarantine, splits and runs in
 * `project.sqlite`, beside the folders that {@link ownFolders} names. Every method is one transaction; a kill at any
 * moment loses nothing that a method returned from.
 */
export class Project {
  readonly dir: string;
  readonly cropsDir: string;
  readonly runsDir: string;
  readonly labels: LabelJournal;
  readonly guesses: GuessJournal;
  readonly #database: ProjectDatabase;

  constructor(dir: string, database: DatabaseSync) {
    this.dir = dir;
    ({ crops: this.cropsDir, runs: this.runsDir } = ownFolders(dir));
    this.#database = new ProjectDatabase(database, path.join(dir, PROJECT_FILE));
    this.labels = new LabelJournal(this.#database);
    this.guesses = new GuessJournal(this.#database);
  }

  close(): void {
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Adds videos, each with its label as the first event of its journal. A video whose content was there before comes
   * back with its journal. One whose file now has another content is taken out of the listing; its journal stays.
   * @returns ids of the videos that were taken out
   */
  addVideos(videos: readonly NewVideo[]): string[] {
    return this.#write(() => videos.flatMap((video) => this.#addVideo(video)));
  }

  #addVideo(video: NewVideo): string[] {
    const id = videoId(video.contentHash);
    const now = new Date().toISOString();
    const stored = this.storedPath(video.absolutePath);
    const replaced = this.#all('SELECT id FROM videos WHERE path = ? AND id <> ? AND removed_at IS NULL', stored, id);
    this.#run('UPDATE videos SET removed_at = ? WHERE path = ? AND id <> ? AND removed_at IS NULL', now, stored, id);
    this.#run(
      `INSERT INTO videos (id, path, last_seen_at, kind, size_bytes, content_hash, subject, performance, declared_split,
         attributes, media, frame_times, faces, added_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET path = excluded.path, last_seen_at = excluded.last_seen_at,
         subject = excluded.subject, performance = excluded.performance, declared_split = excluded.declared_split,
         attributes = excluded.attributes, media = excluded.media, frame_times = excluded.frame_times,
         faces = excluded.faces, removed_at = NULL`,
      ...[id, stored, video.absolutePath, video.kind, video.sizeBytes, video.contentHash],
      ...[video.subject, video.performance, video.declaredSplit],
      ...[JSON.stringify(video.attributes), JSON.stringify(video.media), blobOf(video.timesSec), video.faces, now],
    );
    this.labels.takeOver(id, video.label, video.moment);
    this.#run('DELETE FROM quarantine WHERE path = ?', stored);
    return replaced.map((row) => String(row.id));
  }

  /** All videos in the order in which they were added, each with the label that holds. */
  listVideos(): ProjectVideo[] {
    return this.#all(`${SELECT_VIDEOS} WHERE v.removed_at IS NULL ORDER BY v.rowid`).map(videoOf);
  }

  /** The same videos with what a list shows of them: ten thousand in milliseconds. */
  videoLines(): VideoLine[] {
    // What the schema of the database and its writer hold to is not checked again line by line.
    return this.#all(SELECT_LINES) as unknown as VideoLine[];
  }

  /** @throws AppError `not-found` */
  video(id: string): ProjectVideo {
    const row = this.#all(`${SELECT_VIDEOS} WHERE v.id = ? AND v.removed_at IS NULL`, id)[0];
    if (row === undefined) throw new AppError('not-found', `There is no video ${id} in the project ${this.dir}.`);
    return videoOf(row);
  }

  hasVideo(id: string): boolean {
    return this.#all('SELECT 1 FROM videos WHERE id = ? AND removed_at IS NULL', id).length > 0;
  }

  /**
   * The presentation times measured at import.
   * @throws AppError `not-found`
   */
  frameIndex(id: string): FrameIndex {
    const blob = this.#all('SELECT frame_times FROM videos WHERE id = ?', id)[0]?.frame_times;
    if (!(blob instanceof Uint8Array))
      throw new AppError('not-found', `There is no video ${id} in the project ${this.dir}.`);
    return { timesSec: timesOf(blob) };
  }

  /** Takes over what a newer list says about a video; its label has a journal of its own. */
  describeVideo(id: string, { subject, performance, declaredSplit, attributes, faces }: VideoDescription): void {
    this.#write(() =>
      this.#run(
        'UPDATE videos SET subject = ?, performance = ?, declared_split = ?, attributes = ?, faces = ? WHERE id = ?',
        ...[subject, performance, declaredSplit, JSON.stringify(attributes), faces, id],
      ),
    );
  }

  /** Where a video lies: by the path from the project, or where it was last seen if only the project moved. */
  mediaPath(id: string): string {
    const row = this.#all('SELECT path, last_seen_at FROM videos WHERE id = ?', id)[0];
    if (row === undefined) throw new AppError('not-found', `There is no video ${id} in the project ${this.dir}.`);
    const fromProject = path.resolve(this.dir, String(row.path));
    const lastSeen = String(row.last_seen_at);
    return !existsSync(fromProject) && existsSync(lastSeen) ? lastSeen : fromProject;
  }

  /** Videos whose file is at neither of its places; see `findMoved`. */
  missingVideos(): ProjectVideo[] {
    return this.listVideos().filter((video) => this.isMissing(video.id));
  }

  isMissing(id: string): boolean {
    return !existsSync(this.mediaPath(id));
  }

  /** Stores new places of videos, by id, in one go. */
  relink(places: ReadonlyMap<string, string>): void {
    this.#write(() => {
      for (const [id, place] of places)
        this.#run('UPDATE videos SET path = ?, last_seen_at = ? WHERE id = ?', this.storedPath(place), place, id);
    });
  }

  /** A path as it is stored: relative to the project with forward slashes, or absolute if it is on another drive. */
  storedPath(absolute: string): string {
    const relative = path.relative(this.dir, absolute);
    return path.isAbsolute(relative) ? absolute : relative.split(path.sep).join('/');
  }

  /**
   * Appends to the journal of a video.
   * @throws AppError `not-found` for an unknown video, `bad-input` for a confidence outside 0 to 1 or an empty moment
   */
  setLabel(label: NewLabel): void {
    this.labels.add([label]);
  }

  /**
   * Takes over what a list says of a video, unless it said the same at the last import: then what people decided since
   * holds. A list without a label changes nothing.
   * @returns whether an event was appended
   */
  importLabel(id: string, label: string | null, moment: Moment | null): boolean {
    return this.#write(() => this.labels.takeOver(id, label, moment));
  }

  /** The journal of a video, oldest first. */
  labelHistory(id: string): LabelEvent[] {
    return this.labels.of(id);
  }

  /** Which person of a video is meant: a track of its crop pack, or null to leave the choice to the program. */
  choosePerson(id: string, person: number | null, who: string): void {
    this.video(id);
    this.#write(() =>
      this.#run(
        'INSERT INTO person_choices (video_id, at, who, person) VALUES (?, ?, ?, ?)',
        ...[id, new Date().toISOString(), who, person],
      ),
    );
  }

  chosenPerson(id: string): number | null {
    const row = this.#all('SELECT person FROM person_choices WHERE video_id = ? ORDER BY seq DESC LIMIT 1', id)[0];
    return typeof row?.person === 'number' ? row.person : null;
  }

  /** Paths as `storedPath` gives them, in the order of paths. */
  listQuarantine(): QuarantineRecord[] {
    return this.#all('SELECT path, code, reason FROM quarantine ORDER BY path').map((row) => ({
      path: String(row.path),
      code: String(row.code),
      reason: String(row.reason),
    }));
  }

  /** Records what cannot be used; a newer reason replaces the older one. */
  quarantine(records: readonly QuarantineRecord[]): void {
    this.#write(() => {
      for (const { path: place, code, reason } of records)
        this.#run(
          'INSERT OR REPLACE INTO quarantine (path, code, reason, at) VALUES (?, ?, ?, ?)',
          ...[place, code, reason, new Date().toISOString()],
        );
    });
  }

  releaseFromQuarantine(paths: readonly string[]): void {
    this.#write(() => {
      for (const place of paths) this.#run('DELETE FROM quarantine WHERE path = ?', place);
    });
  }

  saveSplit(name: string, { train, val, test }: ProjectSets): void {
    this.#write(() =>
      this.#run(
        'INSERT OR REPLACE INTO splits (name, at, sets) VALUES (?, ?, ?)',
        ...[name, new Date().toISOString(), JSON.stringify({ train, val, test })],
      ),
    );
  }

  readSplit(name: string): ProjectSets | null {
    const row = this.#all('SELECT sets FROM splits WHERE name = ?', name)[0];
    return row === undefined ? null : setsOf(String(row.sets));
  }

  /** Adds a run or brings its status and summary up to date. `summary` must survive JSON. */
  recordRun(name: string, status: string, summary: unknown): void {
    const now = new Date().toISOString();
    this.#write(() =>
      this.#run(
        `INSERT INTO runs (name, created_at, updated_at, status, summary) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET updated_at = excluded.updated_at, status = excluded.status,
           summary = excluded.summary`,
        ...[name, now, now, status, JSON.stringify(summary ?? null)],
      ),
    );
  }

  /** Takes a run from the list; its folder is not touched. */
  forgetRun(name: string): void {
    this.#write(() => this.#run('DELETE FROM runs WHERE name = ?', name));
  }

  /** Newest last. */
  listRuns(): RunRecord[] {
    return this.#all('SELECT * FROM runs ORDER BY rowid').map(runOf);
  }

  #all(sql: string, ...values: SQLInputValue[]) {
    return this.#database.all(sql, ...values);
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#database.run(sql, ...values);
  }

  #write<T>(work: () => T): T {
    return this.#database.write(work);
  }
}
