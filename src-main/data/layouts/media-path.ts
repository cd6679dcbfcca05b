import type { SplitName } from '../../contract/records.ts';
import type { ListedVideo } from './layout.ts';

/** `a/b/c.mp4` is folders [a, b] and stem c; a folder of frames `a/b/0001` is folders [a, b] and stem 0001. */
export type MediaPath = { folders: string[]; stem: string };

export function mediaPath(video: ListedVideo): MediaPath {
  const folders = video.path.split('/');
  const name = folders.pop() ?? '';
  return { folders, stem: video.kind === 'frames' ? name : name.replace(/\.[^.]+$/, '') };
}

const SPLIT_WORDS: ReadonlyMap<string, SplitName> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'val'],
  ['valid', 'val'],
  ['validation', 'val'],
  ['dev', 'val'],
  ['test', 'test'],
  ['testing', 'test'],
]);

/** The split that a folder or a cell names: train, val (valid, validation, dev) or test. */
export function splitName(text: string): SplitName | null {
  return SPLIT_WORDS.get(text.trim().toLowerCase()) ?? null;
}

/** Share of videos whose stem matches. */
export function stemShare(videos: readonly ListedVideo[], pattern: RegExp): number {
  if (videos.length === 0) return 0;
  return videos.filter((video) => pattern.test(mediaPath(video).stem)).length / videos.length;
}
