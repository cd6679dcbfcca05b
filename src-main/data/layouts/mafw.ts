/**
 * MAFW, single-label set: five official folds `set_<k>/{train,test}.txt` with lines `<00025.mp4> <word>`, clips as files
 * or as folders of frames or faces (product.md 3.6; Liu et al. 2022).
 */
import { AppError } from '../../contract/errors.ts';
import type { SplitName } from '../../contract/records.ts';
import { canonicalLabel } from '../labels.ts';
import type { Layout, LayoutOptions, LayoutReading, ListedVideo, Listing } from './layout.ts';
import { clipCopies, readListedClips, wordLines } from './listed-clips.ts';
import type { ListedClip } from './listed-clips.ts';
import { mediaPath } from './media-path.ts';

const LIST = /(^|\/)set_(?<fold>\d)\/(?<split>train|test)\.txt$/;
/** Lists of the compound classes or with captions have other columns. */
const OTHER_LISTS = /(^|\/)(compound|with_caption)/;

type FoldList = { path: string; split: SplitName; fold: number };

export const mafw: Layout = { name: 'mafw', namesSubjects: false, recognise, read };

function recognise({ lists, videos }: Listing) {
  const found = foldLists(lists);
  const numbered = videos.filter((video) => placeOf(video) !== null).length;
  if (found.length === 0 || numbered < videos.length / 2) return null;
  return { score: 1, why: `lists of MAFW's folds (${found[0]!.path}) and clips named by number` };
}

function foldLists(lists: readonly string[]): FoldList[] {
  return lists.flatMap((path) => {
    const groups = OTHER_LISTS.test(path) ? undefined : LIST.exec(path)?.groups;
    return groups === undefined ? [] : [{ path, split: groups.split as SplitName, fold: Number(groups.fold) }];
  });
}

function placeOf(video: ListedVideo): { folder: string; id: string } | null {
  const { folders, stem } = mediaPath(video);
  return /^\d{5}$/.test(stem) ? { folder: folders.join('/'), id: stem } : null;
}

function read({ lists, videos, readList }: Listing, { fold, faces }: LayoutOptions): LayoutReading {
  const all = foldLists(lists);
  const chosen = all.filter((list) => list.fold === fold);
  const folds = [...new Set(all.map((list) => list.fold))].toSorted((one, other) => one - other);
  if (chosen.length === 0)
    throw new AppError('bad-input', `MAFW: fold ${fold} was asked for, and there is no set_${fold}/train.txt.`, {
      hint: `Folds with lists here: ${folds.join(', ') || 'none'}.`,
    });
  const listed = chosen.flatMap((list) => clipsOf(readList(list.path), list));
  const reading = readListedClips(listed, clipCopies(videos, placeOf), { faces });
  const names = chosen.map((list) => list.path).join(', ');
  return { ...reading, notes: [`Splits are those of MAFW's fold ${fold} (${names}).`, ...reading.notes] };
}

function clipsOf(text: string, { path, split }: FoldList): ListedClip[] {
  return wordLines(text, path).map(({ words, where }) => {
    const said = words[1] ?? '';
    return { id: words[0]!.replace(/\.\w+$/, ''), split, label: canonicalLabel(said), said, where };
  });
}
