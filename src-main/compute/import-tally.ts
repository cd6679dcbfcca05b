import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { countOf } from '../contract/count-of.ts';
import type { ImportSummary } from '../contract/api.ts';
import { AppError } from '../contract/errors.ts';
import type { ImportEntry, Moment, QuarantineRecord } from '../contract/records.ts';
import { subjectNotes } from '../data/layouts/layout.ts';
import type { Layout } from '../data/layouts/layout.ts';
import { momentInVideo } from '../data/moment-in-video.ts';
import { videoId } from '../store/project.ts';
import type { NewVideo, Project } from '../store/project.ts';

/** Seconds by which a moment may end after its video without a note: lists round, and so do players. */
const ROUNDED_SEC = 0.1;

/** Notes of one kind that are written out; the rest is counted. */
const SHOWN_NOTES = 5;

/** Stores what an import finds, one video at a time in the order of the list, and keeps the count for its summary. */
export class ImportTally {
  readonly #project: Project;
  readonly #root: string;
  readonly #faces: 'auto' | 'cropped';
  /** Videos of this import: where each id was met first, and with which label. */
  readonly #met = new Map<string, { path: string; label: string | null }>();
  readonly #quarantined: QuarantineRecord[] = [];
  readonly #doubles: string[] = [];
  readonly #warnings: string[] = [];
  readonly #replaced: string[] = [];
  /** Stored paths of videos met again, which may stand in quarantine from an earlier import. */
  readonly #readable: string[] = [];
  #imported = 0;
  #alreadyThere = 0;
  #relabelled = 0;
  #moved = 0;

  constructor(project: Project, root: string, faces: 'auto' | 'cropped') {
    this.#project = project;
    this.#root = root;
    this.#faces = faces;
  }

  /** Puts what cannot be used into quarantine; paths are relative to the source. */
  refuse(records: readonly QuarantineRecord[]): void {
    if (records.length === 0) return;
    for (const record of records) this.#quarantined.push(record);
    this.#project.quarantine(records.map((record) => ({ ...record, path: this.#stored(record.path) })));
  }

  add(entry: ImportEntry, video: NewVideo, warnings: readonly string[]): void {
    if (this.#metBefore(entry, videoId(video.contentHash))) return;
    this.#warnings.push(...warnings.map((warning) => `${entry.path}: ${warning}`));
    const moment = this.#momentOf(entry, video.media.durationSec);
    const replaced = this.#project.addVideos([{ ...video, moment }]);
    this.#imported += 1;
    if (replaced.length > 0) this.#replaced.push(entry.path);
  }

  /** A video whose content, or another recording of whose performance (`twin`), is in the project already. */
  meetAgain(entry: ImportEntry, id: string, twin: boolean): void {
    if (this.#metBefore(entry, id)) return;
    this.#alreadyThere += 1;
    const moment = this.#momentOf(entry, this.#project.video(id).media.durationSec);
    if (this.#project.importLabel(id, entry.label, moment)) this.#relabelled += 1;
    if (!twin) this.#bringUpToDate(entry, id);
  }

  #bringUpToDate(entry: ImportEntry, id: string): void {
    const before = this.#project.video(id);
    const said = {
      subject: entry.subject ?? before.subject,
      performance: entry.performance ?? before.performance,
      declaredSplit: entry.declaredSplit ?? before.declaredSplit,
      attributes: { ...before.attributes, ...entry.attributes },
      faces: this.#faces,
    };
    if (!isDeepStrictEqual({ ...before, ...said }, before)) this.#project.describeVideo(id, said);
    this.#readable.push(this.#stored(entry.path));
    if (!this.#project.isMissing(id)) return;
    this.#project.relink(new Map([[id, path.resolve(this.#root, entry.path)]]));
    this.#moved += 1;
  }

  #metBefore(entry: ImportEntry, id: string): boolean {
    const first = this.#met.get(id);
    if (first === undefined) {
      this.#met.set(id, { path: entry.path, label: entry.label });
      return false;
    }
    const labels =
      first.label === entry.label
        ? ''
        : `, though labelled ${entry.label ?? 'nothing'} and not ${first.label ?? 'nothing'}`;
    this.#doubles.push(`${entry.path} has the content of ${first.path}${labels}; it counts once.`);
    return true;
  }

  /** What of the labelled moment lies in the video; null, with a note, where nothing does. */
  #momentOf({ path: place, moment }: ImportEntry, durationSec: number): Moment | null {
    if (moment === null) return null;
    const inside = momentInVideo(moment, durationSec);
    const [start, end, video] = [moment.startSec, moment.endSec, durationSec].map((sec) => `${sec.toFixed(2)} s`);
    if (inside === null)
      this.#warnings.push(
        `${place}: the labelled moment (${start} to ${end}) lies outside the video (${video}); the label is kept without it.`,
      );
    else if (moment.endSec > durationSec + ROUNDED_SEC)
      this.#warnings.push(`${place}: the labelled moment ends at ${end}, after the video (${video}); it is cut there.`);
    return inside;
  }

  #stored(relative: string): string {
    return this.#project.storedPath(path.resolve(this.#root, relative));
  }

  /** @throws AppError `bad-input` when not a single video could be used */
  summary(known: { layout: Layout; why: string; notes: readonly string[] }): ImportSummary {
    if (this.#met.size === 0) throw this.#nothingUsable();
    this.#project.releaseFromQuarantine(this.#readable);
    const videos = this.#project.listVideos().filter((video) => this.#met.has(video.id));
    const byClass = Map.groupBy(
      videos.flatMap(({ label }) => label ?? []),
      (label) => label,
    );
    return {
      project: this.#project.dir,
      layout: known.layout.name,
      why: known.why,
      imported: this.#imported,
      alreadyThere: this.#alreadyThere,
      relabelled: this.#relabelled,
      subjects: new Set(videos.flatMap(({ subject }) => subject ?? [])).size,
      perClass: Object.fromEntries([...byClass.keys()].sort().map((label) => [label, byClass.get(label)!.length])),
      quarantined: this.#quarantined,
      notes: [...known.notes, ...subjectNotes(known.layout, videos), ...this.#ownNotes()],
    };
  }

  #ownNotes(): string[] {
    const changed = this.#replaced.map((place) => `${place} has another content than before; the new one counts.`);
    const moved =
      this.#moved > 0 ? [`${countOf(this.#moved, 'moved video was', 'moved videos were')} found again.`] : [];
    return [...shortened(this.#doubles), ...shortened(changed), ...moved, ...shortened(this.#warnings)];
  }

  #nothingUsable(): AppError {
    const lines = this.#quarantined.map(({ path: place, reason }) => `\n  ${place}: ${reason}`);
    const shown = shortened(lines).join('');
    return new AppError('bad-input', `Not one video could be imported from ${this.#root}.${shown}`);
  }
}

function shortened(lines: readonly string[]): string[] {
  const more = lines.length - SHOWN_NOTES;
  return more > 0 ? [...lines.slice(0, SHOWN_NOTES), `… and ${more} more like this.`] : [...lines];
}
