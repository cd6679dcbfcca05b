import { expect, it } from 'vitest';
import { modelCard } from '../../../models/index.ts';
import { networkOf } from '../../../src-main/compute/config-network.ts';
import { AppError } from '../../../src-main/contract/errors.ts';
import { parseConfig, resolveConfig } from '../../../src-main/data/config-resolution.ts';

it('refuses sizes that a network does not take as a mistake in the settings, with what to do', () => {
  const card = modelCard('spatial-attention');
  const config = resolveConfig(parseConfig({}, ['model=spatial-attention', 'cropSize=48']), card);
  const create = () => networkOf(config, card, ['anger', 'fear']);
  expect(create).toThrow(AppError);
  expect(create).toThrow(expect.objectContaining({ code: 'bad-config', hint: expect.stringContaining('cropSize') }));
});
