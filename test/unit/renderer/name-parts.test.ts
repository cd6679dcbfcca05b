import { expect, test } from 'vitest';
import { nameParts } from '../../../src-renderer/lib/name-parts.ts';

test.each([
  ['participant_2024-11-03_condition-acted_take-0007.mp4', '-0007.mp4'],
  ['grid-stochastic-softmax-g0.5-s2', '-g0.5-s2'],
  ['person-04/06-anger-1.mp4', '-anger-1.mp4'],
  ['abcdefghijklmnopqrstuvwxyz', 'opqrstuvwxyz'],
  ['abcdefghijklmnopqrstuvwxyz.mp4', 'stuvwxyz.mp4'],
])('of %s the end stays in sight, and no letter is lost', (name, end) => {
  const parts = nameParts(name);
  expect(parts.end).toBe(end);
  expect(parts.start + parts.end).toBe(name);
});

test('short names are left whole', () => {
  expect(nameParts('02-happiness-1.mp4')).toEqual({ start: '02-happiness-1.mp4', end: '' });
});

test('letters outside the basic plane are not torn apart', () => {
  expect(nameParts(`${'x'.repeat(20)}${'😀'.repeat(12)}`)).toEqual({ start: 'x'.repeat(20), end: '😀'.repeat(12) });
});
