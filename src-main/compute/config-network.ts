import type { Network, NetworkCard } from '../../models/network.ts';
import type { ResolvedConfig } from '../contract/config.ts';
import { AppError } from '../contract/errors.ts';
import { modelOptions } from '../data/model-options.ts';

/** The network of a run with these settings. @throws AppError `bad-config` for sizes that it does not take */
export function networkOf(config: ResolvedConfig, card: NetworkCard, classes: readonly string[]): Network {
  try {
    return card.create(modelOptions(config, classes.length));
  } catch (cause) {
    const hint = 'Take a larger cropSize, or a smaller network.';
    throw new AppError('bad-config', `${(cause as Error).message}.`, { hint, cause });
  }
}
