/**
 * FERV39k: clips at `<Scene>/<Emotion>/<NNNN>` and official lists without a header, `<Scene>/<Emotion>/<NNNN> <Word>`
 * (product.md 3.5; Wang et al. 2022).
 */
import type { SplitName } from '../../contract/records.ts';
import { canonicalLabel } from '../labels.ts';
import { entryOf } from './layout.ts';
import type { Layout, LayoutOptions, LayoutReading, ListedVideo, Listing } from './layout.ts';
import { clipCopies, readListedClips, wordLines } from './listed-clips.ts';
import type { ListedClip } from './listed-clips.ts';
import { mediaPath } from './media-path.ts';

const SCENES = new Set(
  (
    'Action Argue Business Conflict Contest Crime Crisis DailyLife ElegantArt Experiment History Interview Liveshow ' +
    'Medicine OfficialEvent ScholarReport School Social Speech Talkshow Terror War'
  ).split(' '),
);
const ALL_SCENES = /(^|\/)(train|test)_All\.(csv|txt)$/;

export const ferv39k: Layout = { name: 'ferv39k', namesSubjects: false, recognise, read };

function recognise({ lists, videos }: Listing) {
  const share = videos.filter((video) => placeOf(video) !== null).length / Math.max(1, videos.length);
  const listed = lists.filter((list) => ALL_SCENES.test(list));
  if (share < 0.5) return null;
  const why = `${Math.round(100 * share)} % of the clips lie at scene/emotion/number with FERV39k's scenes`;
  return listed.length > 0 ? { score: 1, why: `${why}, and ${listed.join(', ')}` } : { score: share * 0.95, why };
}

function placeOf(video: ListedVideo): { folder: string; id: string } | null {
  const { folders, stem } = mediaPath(video);
  const [scene, emotion] = folders.slice(-2);
  if (scene === undefined || emotion === undefined || !SCENES.has(scene) || !/^\d+$/.test(stem)) return null;
  return { folder: folders.slice(0, -2).join('/'), id: `${scene}/${emotion}/${stem}` };
}

const sceneOf = (id: string) => ({ attributes: { scene: id.split('/')[0]! } });

function read({ lists, videos, readList }: Listing, { faces }: LayoutOptions): LayoutReading {
  const chosen = lists.filter((list) => ALL_SCENES.test(list));
  const copies = clipCopies(videos, placeOf);
  if (chosen.length === 0) return withoutLists(videos);
  const listed = chosen.flatMap((list) => clipsOf(readList(list), list));
  const reading = readListedClips(listed, copies, { faces, describe: sceneOf });
  return { ...reading, notes: [`Splits are those of ${chosen.join(', ')}.`, ...reading.notes] };
}

function clipsOf(text: string, list: string): ListedClip[] {
  const split: SplitName = /(^|\/)train_/.test(list) ? 'train' : 'test';
  return wordLines(text, list).map(({ words, where }) => {
    const said = words[1] ?? '';
    return { id: lastThree(words[0]!), split, label: canonicalLabel(said), said, where };
  });
}

/** Lists name clips from the scene on; some copies of them carry the folder of the clips in front. */
function lastThree(path: string): string {
  return path.replace(/\/+$/, '').split('/').slice(-3).join('/');
}

function withoutLists(videos: readonly ListedVideo[]): LayoutReading {
  const reading: LayoutReading = {
    entries: [],
    notes: [
      'There are no FERV39k lists (train_All.csv, test_All.csv): labels are those of the folders, without splits.',
    ],
    problems: [],
  };
  for (const video of videos) {
    const place = placeOf(video);
    const label = place === null ? null : canonicalLabel(place.id.split('/')[1]!);
    if (place === null || label === null)
      reading.problems.push({ path: video.path, reason: 'not at scene/emotion/number as FERV39k has it' });
    else reading.entries.push(entryOf(video, { label, ...sceneOf(place.id) }));
  }
  return reading;
}
