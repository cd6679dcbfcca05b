import type { LabelLine, LabelOverview, Opinion } from '../../contract/window/label.ts';
import { BASIC_EXPRESSIONS, FURTHER_EXPRESSIONS } from '../../data/labels.ts';
import type { LabelEvent, Project } from '../../store/project.ts';

/** Who looks at the labels. Blind, they see nothing of what others said. */
export type AsRater = { rater: string; blind: boolean };

/** All videos with what the rater said of them, and, unless blind, what holds and how far people differ. */
export async function labelOverview(project: Project, { rater, blind }: AsRater): Promise<LabelOverview> {
  const { view } = project.labels;
  await view.catchUp();
  const lines = project.videoLines();
  const videos = lines.map(({ id, path, kind, durationSec }): LabelLine => {
    const of = view.opinionsOf(id);
    const people = blind ? [] : of.filter(({ label, source }) => label !== null && source === 'person');
    return {
      ...{ id, path, kind, durationSec },
      holds: blind ? null : opinionOf(view.holdingOf(id)),
      mine: opinionOf(of.find(({ who }) => who === rater)),
      raters: people.length,
      differ: new Set(people.map(({ label }) => label)).size > 1,
    };
  });
  return { raters: project.labels.raters(), classes: classesOf(lines.map(({ id }) => view.opinionsOf(id))), videos };
}

export function opinionOf(event: LabelEvent | undefined): Opinion | null {
  if (event === undefined) return null;
  const { at, who, source, label, moment, confidence, note, rejected } = event;
  return { at, who, source, label, moment, confidence, note, rejected };
}

/**
 * The basic seven in their order, the known others that occur, then the user's own by name. Where a project has only
 * names of its own, only those.
 */
function classesOf(opinions: Iterable<readonly LabelEvent[]>): string[] {
  const used = new Set([...opinions].flatMap((of) => of.flatMap(({ label }) => label ?? [])));
  const known: readonly string[] = [...BASIC_EXPRESSIONS, ...FURTHER_EXPRESSIONS];
  const own = [...used].filter((name) => !known.includes(name)).sort();
  const usedKnown = known.filter((name) => used.has(name));
  if (own.length > 0 && usedKnown.length === 0) return own;
  const basic: readonly string[] = BASIC_EXPRESSIONS;
  return [...basic, ...usedKnown.filter((name) => !basic.includes(name)), ...own];
}
