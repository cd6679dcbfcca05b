import { parsePooling } from '../../models/pooling-configuration.ts';
import { searchableNetworks } from '../../models/searchable-networks.ts';
import type { TrainConfig } from '../contract/config.ts';
import { AppError } from '../contract/errors.ts';

/** @throws AppError `bad-config` where `poolAt` names no configuration of the network, or the network has only one */
export function requirePoolAt({ model, poolAt }: Pick<TrainConfig, 'model' | 'poolAt'>): void {
  if (poolAt === undefined) return;
  const card = searchableNetworks().find(({ name }) => name === model);
  if (card === undefined) {
    const names = searchableNetworks().map(({ name }) => name);
    throw new AppError('bad-config', `poolAt: the pools of ${model} have fixed places.`, {
      hint: `Networks with pools to place: ${names.join(', ')}.`,
    });
  }
  try {
    parsePooling(poolAt, card.pooling);
  } catch (cause) {
    throw new AppError('bad-config', (cause as Error).message, { cause });
  }
}
