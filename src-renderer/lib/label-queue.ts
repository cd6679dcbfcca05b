import type { LabelLine, Opinion } from '../../src-main/contract/window/label.ts';

export const LABEL_FILTERS = ['all', 'todo', 'teach', 'done', 'unsure', 'differ', 'rejected'] as const;
export type LabelFilter = (typeof LABEL_FILTERS)[number];

/** `places`: of the videos whose label would teach a run most, the most teaching first. */
export type QueueView = { filter: LabelFilter; text: string; blind: boolean; places?: ReadonlyMap<string, number> };

/** A confidence below this counts as unsure. */
export const UNSURE_BELOW = 0.5;

/** What is said of a video: by oneself when blind, else what holds. */
export function shownOpinion({ mine, holds }: Pick<LabelLine, 'mine' | 'holds'>, blind: boolean): Opinion | null {
  return blind ? mine : holds;
}

export function isDone(opinion: Opinion | null): boolean {
  return opinion !== null && (opinion.label !== null || opinion.rejected);
}

/** Place of each video in a queue. */
export function placesOf(queue: readonly { id: string }[]): ReadonlyMap<string, number> {
  return new Map(queue.map(({ id }, place) => [id, place]));
}

export function filterLines(lines: readonly LabelLine[], view: QueueView): LabelLine[] {
  const wanted = view.text.trim().toLowerCase();
  const found = lines.filter((line) => {
    const opinion = shownOpinion(line, view.blind);
    return passes(line, opinion, view) && (wanted === '' || haystack(line, opinion).includes(wanted));
  });
  if (view.filter !== 'teach') return found;
  return found.sort((a, b) => view.places!.get(a.id)! - view.places!.get(b.id)!);
}

function isUnsure(opinion: Opinion | null): boolean {
  return opinion?.confidence != null && opinion.confidence < UNSURE_BELOW;
}

function haystack({ path }: LabelLine, opinion: Opinion | null): string {
  return `${path} ${opinion?.label ?? ''} ${opinion?.note ?? ''}`.toLowerCase();
}

function passes(line: LabelLine, opinion: Opinion | null, { filter, places }: Omit<QueueView, 'text'>): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'todo':
      return !isDone(opinion);
    case 'teach':
      return places?.has(line.id) ?? false;
    case 'done':
      return isDone(opinion);
    case 'unsure':
      return isUnsure(opinion);
    case 'differ':
      return line.differ;
    case 'rejected':
      return opinion?.rejected === true;
    default:
      return filter satisfies never;
  }
}

/** How many lines each filter lets through. */
export function filterCounts(
  lines: readonly LabelLine[],
  { blind, places }: Pick<QueueView, 'blind' | 'places'>,
): Record<LabelFilter, number> {
  const view = { blind, ...(places && { places }) };
  const count = (filter: LabelFilter) =>
    lines.reduce((n, line) => n + (passes(line, shownOpinion(line, blind), { ...view, filter }) ? 1 : 0), 0);
  return Object.fromEntries(LABEL_FILTERS.map((filter) => [filter, count(filter)])) as Record<LabelFilter, number>;
}

/**
 * The next video after one, in the order of the list and around its end, that has no label; null where all have one.
 * @param step - 1 forward, -1 back
 */
export function nextTodo(lines: readonly LabelLine[], fromId: string | null, step: 1 | -1, blind: boolean) {
  const from = lines.findIndex(({ id }) => id === fromId);
  for (let i = 1; i <= lines.length; i++) {
    const at = (((from + step * i) % lines.length) + lines.length) % lines.length;
    const line = lines[at]!;
    if (line.id !== fromId && !isDone(shownOpinion(line, blind))) return line.id;
  }
  return null;
}

/** Replaces the line of a video by what its rater says now. */
export function withOpinion(
  lines: readonly LabelLine[],
  id: string,
  { opinion, holds }: { opinion: Opinion; holds: boolean },
): LabelLine[] {
  return lines.map((line) => (line.id === id ? { ...line, mine: opinion, holds: holds ? opinion : line.holds } : line));
}

/** What a rater says at this moment. */
export function opinionNow(said: Omit<Opinion, 'at' | 'who' | 'source'>, who: string): Opinion {
  return { ...said, at: new Date().toISOString(), who, source: 'person' };
}
