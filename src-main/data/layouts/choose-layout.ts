import type { LayoutName } from '../../contract/api.ts';
import { AppError } from '../../contract/errors.ts';
import { afew } from './afew.ts';
import { cremad } from './cremad.ts';
import { csv } from './csv.ts';
import { dfew } from './dfew.ts';
import { ferv39k } from './ferv39k.ts';
import { folders } from './folders.ts';
import type { Layout, Listing } from './layout.ts';
import { mafw } from './mafw.ts';
import { ravdess } from './ravdess.ts';

const LAYOUTS: readonly Layout[] = [csv, ravdess, cremad, afew, dfew, ferv39k, mafw, folders];

/** Layouts whose scores are nearer than this cannot be told apart. */
const CLEAR_LEAD = 0.1;

export type ChosenLayout = { layout: Layout; why: string };

/**
 * The layout that was asked for, or for `auto` the one that fits best. A folder that fits none is taken as videos
 * without labels, to be labelled by hand.
 * @throws AppError `usage` when two fit equally well
 */
export function chooseLayout(listing: Listing, wanted: LayoutName): ChosenLayout {
  if (wanted !== 'auto') return asked(listing, wanted);
  const fitting = LAYOUTS.flatMap((layout) => {
    const found = layout.recognise(listing);
    return found === null ? [] : [{ layout, ...found }];
  }).sort((a, b) => b.score - a.score);
  const [best, second] = fitting;
  if (best === undefined)
    return { layout: folders, why: 'no list, no known naming and no class folders: videos without labels' };
  if (second !== undefined && best.score - second.score < CLEAR_LEAD)
    throw new AppError(
      'usage',
      `Two layouts fit: ${best.layout.name} (${best.why}) and ${second.layout.name} (${second.why}).`,
      { hint: `Say which with --layout ${best.layout.name} or --layout ${second.layout.name}.` },
    );
  const also = second === undefined ? '' : `; less likely ${second.layout.name}: ${second.why}`;
  return { layout: best.layout, why: best.why + also };
}

function asked(listing: Listing, wanted: Exclude<LayoutName, 'auto'>): ChosenLayout {
  const layout = LAYOUTS.find(({ name }) => name === wanted)!;
  const found = layout.recognise(listing);
  return { layout, why: `asked for${found === null ? ', though the folder does not look like it' : `; ${found.why}`}` };
}

/**
 * The layout of a CSV that was named itself; what else its folder holds plays no part.
 * @throws AppError `usage` when another layout was asked for
 */
export function layoutOfList(list: string, wanted: LayoutName): ChosenLayout {
  if (wanted === 'auto' || wanted === 'csv') return { layout: csv, why: `${list} was named as the list` };
  throw new AppError('usage', `The source is a CSV, and --layout says ${wanted}.`, {
    hint: 'Leave --layout out, or name the folder instead of the CSV.',
  });
}
