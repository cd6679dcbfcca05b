import { expect, test } from 'vitest';
import { strengthsOf } from '../../../src-main/compute/augmentations/strengths.ts';
import { parseConfig } from '../../../src-main/data/config-resolution.ts';

test('strengths that a search multiplied are told with the digits that count', () => {
  const strengths = { ...parseConfig({}, []).augment, translate: 0.06 * 1.5, scale: 0.1 * 3 };
  const told = strengthsOf({ kind: 'standard', version: 1, method: 'bayesian', strengths }).map(
    ({ name, value }) => `${name} ${value}`,
  );
  expect(told).toContain('translateX up to 0.09 share of the side');
  expect(told).toContain('scale up to 0.3 relative change of size');
});
