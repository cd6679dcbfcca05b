import type { SearchDetail, SearchPicture } from '../../src-main/contract/window/pooling-search.ts';
import { countText, percentText } from './plain-numbers.ts';

/** What is known of a configuration, as names and values. */
export function configurationFacts(
  c: number,
  { name, space }: SearchDetail,
  picture: SearchPicture,
): [name: string, value: string][] {
  const cost = space.configurations[c]!.gflops;
  const initial = space.configurations[space.defaultIndex]!.gflops;
  const steps = picture.counts[c]!.reduce((sum, count) => sum + count, 0);
  const alone = picture.alone.find(({ configuration }) => configuration === c);
  return [
    ['A clip forward', `${cost.toFixed(3)} GFLOP, ${(cost / initial).toFixed(2)} × the default`],
    ['Trained in', `${countText(steps)} steps`],
    ...bySupernet('Running accuracy', picture.running[c]!),
    ...bySupernet('Accuracy, full validation', picture.evaluated[c]!),
    ...assignmentFact(picture.assignment?.[c]),
    ...scoreFact(picture, c),
    ['Trained alone', alone === undefined ? 'not yet' : aloneText(alone, name)],
  ];
}

function bySupernet(name: string, values: readonly (number | null)[]): [string, string][] {
  if (values.every((value) => value === null)) return [];
  const text = values.map((value) => (value === null ? '–' : percentText(value, 1)));
  return [[name, values.length === 1 ? text[0]! : text.map((one, m) => `${m + 1}: ${one}`).join(', ')]];
}

function assignmentFact(row: readonly number[] | undefined): [string, string][] {
  if (row === undefined) return [];
  return [['Goes to supernet', row.map((share, m) => `${m + 1}: ${percentText(share)}`).join(', ')]];
}

function scoreFact({ scores, scoresAre }: SearchPicture, c: number): [string, string][] {
  const score = scores?.[c] ?? null;
  if (score === null) return [];
  return [[scoresAre === 'probability' ? 'Probability in the mixture' : 'Score of the method', percentText(score, 1)]];
}

/** `54.3 % on validation, 12 of 60 epochs`. @param search - the one that is looked at */
export function aloneText(
  { from, epochs, epochsPlanned, validation, done }: SearchPicture['alone'][number],
  search: string,
) {
  const reached = validation === null ? 'begun' : `${percentText(validation, 1)} on validation`;
  const far = done ? '' : `, ${epochs} of ${epochsPlanned} epochs`;
  return `${reached}${far}${from === search ? '' : `, by ${from}`}`;
}
