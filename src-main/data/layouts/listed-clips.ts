/** What the datasets with official lists (DFEW, FERV39k, MAFW) share: lists name clips, folders hold copies of them. */
import { countOf } from '../../contract/count-of.ts';
import type { ImportEntry, SplitName } from '../../contract/records.ts';
import { entryOf } from './layout.ts';
import type { LayoutReading, ListedVideo } from './layout.ts';

/** A line of an official list. `label` null: the list's label cannot be read, and `said` is what it was. */
export type ListedClip = { id: string; split: SplitName; label: string | null; said: string; where: string };

/** One copy of a dataset's clips: the folder they lie in, and each clip by its id. */
export type ClipCopy = { folder: string; clips: Map<string, ListedVideo> };

/**
 * Sorts videos into copies by their folder.
 * @param place - the folder of a copy and the id of the clip in it; null for what is not a clip
 */
export function clipCopies(
  videos: readonly ListedVideo[],
  place: (video: ListedVideo) => { folder: string; id: string } | null,
): ClipCopy[] {
  const copies = new Map<string, ClipCopy>();
  for (const video of videos) {
    const at = place(video);
    if (at === null) continue;
    const copy = copies.get(at.folder) ?? { folder: at.folder, clips: new Map<string, ListedVideo>() };
    copy.clips.set(at.id, video);
    copies.set(at.folder, copy);
  }
  return [...copies.values()];
}

/** Face crops by the name of their folder; frames that were resampled to 16 come after everything else. */
const FACE_CROPS = /face|crop|224|aligned|(^|\/)data$/i;
const RESAMPLED = /16f/i;

/**
 * The copy to use: one that has most of the clips; among such, whole pictures for `auto` and face crops for
 * `cropped`.
 */
export function bestCopy(
  copies: readonly ClipCopy[],
  ids: readonly string[],
  faces: 'auto' | 'cropped',
): ClipCopy | null {
  const rank = (copy: ClipCopy) => {
    const complete = ids.filter((id) => copy.clips.has(id)).length / Math.max(1, ids.length);
    const fits = FACE_CROPS.test(copy.folder) === (faces === 'cropped');
    return Math.round(complete * 100) * 4 + (RESAMPLED.test(copy.folder) ? 0 : 2) + (fits ? 1 : 0);
  };
  return copies.reduce<ClipCopy | null>((best, copy) => (best === null || rank(copy) > rank(best) ? copy : best), null);
}

/** Entries of the listed clips that are there; what is missing or has no readable label becomes a problem. */
export function readListedClips(
  listed: readonly ListedClip[],
  copies: readonly ClipCopy[],
  options: { faces: 'auto' | 'cropped'; describe?: (id: string) => Partial<ImportEntry> },
): LayoutReading {
  const ids = listed.map((clip) => clip.id);
  const copy = bestCopy(copies, ids, options.faces);
  const reading: LayoutReading = { entries: [], notes: [], problems: [] };
  for (const clip of listed) {
    const video = copy?.clips.get(clip.id);
    if (video === undefined) reading.problems.push({ path: clip.id, reason: `${clip.where}: no clip of this name` });
    else if (clip.label === null)
      reading.problems.push({ path: video.path, reason: `${clip.where}: unknown label '${clip.said}'` });
    else {
      const known = { ...options.describe?.(clip.id), label: clip.label, declaredSplit: clip.split };
      reading.entries.push(entryOf(video, known));
    }
  }
  reading.notes.push(...copyNotes(copy, copies, new Set(ids)));
  return reading;
}

function copyNotes(copy: ClipCopy | null, copies: readonly ClipCopy[], ids: Set<string>): string[] {
  if (copy === null) return [];
  const others = copies.filter((other) => other !== copy).map((other) => other.folder || '.');
  const unlisted = [...copy.clips.keys()].filter((id) => !ids.has(id)).length;
  return [
    `Clips are read from ${copy.folder || '.'}.`,
    ...(others.length > 0 ? [`Other copies of the clips were left alone: ${others.join(', ')}.`] : []),
    ...(unlisted > 0 ? [`${countOf(unlisted, 'clip is', 'clips are')} in no list and left out.`] : []),
    'The dataset names no subjects: sets are not known to be subject-disjoint.',
  ];
}

/** The words of each line of a list without a header. */
export function wordLines(text: string, list: string): { words: string[]; where: string }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ words: line.trim().split(/\s+/), where: `${list} line ${i + 1}` }))
    .filter(({ words }) => words[0] !== '');
}
