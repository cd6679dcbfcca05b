import { toAppError } from '../contract/errors.ts';
import { readConfig } from '../data/config-resolution.ts';

/** Files that a run with these settings would read. Settings that will be refused read none. */
export function filesOfConfig(config: unknown, set: readonly string[]): string[] {
  try {
    const { initialWeights, recipe } = readConfig(config, set);
    return [initialWeights, recipe].filter((file) => file !== undefined);
  } catch (error) {
    if (toAppError(error).code === 'bad-config') return [];
    throw error;
  }
}
