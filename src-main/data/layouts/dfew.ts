/**
 * DFEW: five official folds as CSV lists `video_name,label` with codes 1 to 7, clips named by number (product.md 3.4;
 * Jiang et al. 2020). Lists are known as set_1.csv in folders train/test(single-labeled), train_set_1.csv, or
 * single_trainset_1.csv.
 */
import { AppError } from '../../contract/errors.ts';
import type { SplitName } from '../../contract/records.ts';
import type { KnownLabel } from '../labels.ts';
import { readTable } from './csv-table.ts';
import type { Layout, LayoutOptions, LayoutReading, ListedVideo, Listing } from './layout.ts';
import { clipCopies, readListedClips } from './listed-clips.ts';
import type { ListedClip } from './listed-clips.ts';
import { mediaPath } from './media-path.ts';

const CODES: Record<string, KnownLabel> = {
  1: 'happiness',
  2: 'sadness',
  3: 'neutral',
  4: 'anger',
  5: 'surprise',
  6: 'disgust',
  7: 'fear',
};

const LISTS = [
  /(^|\/)(?<split>train|test) ?\(single-labeled\)\/set_(?<fold>\d)\.csv$/,
  /(^|\/)(?<split>train|test)_set_(?<fold>\d)\.csv$/,
  /(^|\/)single_(?<split>train|test)set_(?<fold>\d)\.csv$/,
];

type FoldList = { path: string; split: SplitName; fold: number };

export const dfew: Layout = { name: 'dfew', namesSubjects: false, recognise, read };

function recognise({ lists, videos }: Listing) {
  const found = foldLists(lists);
  const numbered = videos.filter((video) => placeOf(video) !== null).length;
  if (found.length === 0 || numbered < videos.length / 2) return null;
  return { score: 1, why: `lists of DFEW's folds (${found[0]!.path}) and clips named by number` };
}

function foldLists(lists: readonly string[]): FoldList[] {
  return lists.flatMap((path) => {
    const groups = LISTS.map((pattern) => pattern.exec(path)?.groups).find((match) => match !== undefined);
    if (groups === undefined) return [];
    return [{ path, split: groups.split as SplitName, fold: Number(groups.fold) }];
  });
}

function placeOf(video: ListedVideo): { folder: string; id: string } | null {
  const { folders, stem } = mediaPath(video);
  return /^\d{1,5}$/.test(stem) ? { folder: folders.join('/'), id: stem.padStart(5, '0') } : null;
}

function read({ lists, videos, readList }: Listing, { fold, faces }: LayoutOptions): LayoutReading {
  const all = foldLists(lists);
  const chosen = all.filter((list) => list.fold === fold);
  const folds = [...new Set(all.map((list) => list.fold))].toSorted((one, other) => one - other);
  if (chosen.length === 0) throw noFold(fold, folds);
  const listed = chosen.flatMap((list) => clipsOf(readList(list.path), list));
  const reading = readListedClips(listed, clipCopies(videos, placeOf), { faces });
  const names = chosen.map((list) => list.path).join(', ');
  return { ...reading, notes: [`Splits are those of DFEW's fold ${fold} (${names}).`, ...reading.notes] };
}

function noFold(fold: number, found: number[]): AppError {
  const have = found.length === 0 ? 'no lists of folds' : `lists of folds ${found.join(', ')}`;
  return new AppError('bad-input', `DFEW: fold ${fold} was asked for, and the folder has ${have}.`, {
    hint: 'Keep the folder EmoLabel_DataSplit beside the clips, or choose another --fold.',
  });
}

function clipsOf(text: string, { path, split }: FoldList): ListedClip[] {
  const { rows, columns } = readTable(text, path);
  if (!columns.includes('video_name') || !columns.includes('label'))
    throw new AppError('bad-input', `${path}: expected the columns video_name,label, found ${columns.join(', ')}.`);
  return rows.map(({ line, values }) => {
    const said = values.label ?? '';
    const id = (values.video_name ?? '').padStart(5, '0');
    return { id, split, label: CODES[said] ?? null, said, where: `${path} line ${line}` };
  });
}
