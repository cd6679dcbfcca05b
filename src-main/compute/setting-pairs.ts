import type { ResolvedConfig } from '../contract/config.ts';
import { listSettings } from '../contract/settings.ts';

/** All settings of a config as the `key=value` pairs that give it again. */
export function settingPairs(config: ResolvedConfig): string[] {
  return [...listSettings().keys()].flatMap((key) => {
    const value = key.split('.').reduce<unknown>((group, part) => (group as Record<string, unknown>)[part], config);
    return value === undefined ? [] : [`${key}=${String(value)}`];
  });
}
