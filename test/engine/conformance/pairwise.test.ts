import { expect, test } from 'vitest';
import { pairwise } from './pairwise.ts';

type Row = { colour: string; size: number; wheels: number };
const factors = { colour: ['red', 'blue', 'grey'], size: [1, 2, 3], wheels: [2, 4] };

const pairsOf = (rows: readonly Row[]) =>
  new Set(
    rows.flatMap(({ colour, size, wheels }) => [
      `${colour} ${size}`,
      `${colour} ${wheels} wheels`,
      `${size} on ${wheels}`,
    ]),
  );

test('any two values meet in one of the rows, of which there are few', () => {
  const rows = pairwise<Row>(factors, () => true);
  expect(pairsOf(rows).size).toBe(9 + 6 + 6);
  expect(rows.length).toBeLessThan(12);
});

test('rows that are not allowed do not occur, nor do pairs that only they have', () => {
  const rows = pairwise<Row>(factors, ({ size, wheels }) => size !== 3 || wheels === 4);
  const pairs = pairsOf(rows);
  expect(pairs.has('3 on 2')).toBe(false);
  expect(pairs.size).toBe(9 + 6 + 5);
});
