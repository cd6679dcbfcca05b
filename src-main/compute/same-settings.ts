import { isDeepStrictEqual } from 'node:util';
import type { ResolvedConfig } from '../contract/config.ts';
import { AppError } from '../contract/errors.ts';
import type { RunSetup } from '../store/run-folder.ts';

/**
 * A run goes on with the settings that it began with.
 * @throws AppError `bad-config` naming the first that is not that of `now`, with `hint`
 */
export function refuseOtherSettings({ config, manifest }: RunSetup, now: ResolvedConfig, hint: string): void {
  const keys = Object.keys({ ...config, ...now }) as (keyof ResolvedConfig)[];
  const other = keys.find((key) => !isDeepStrictEqual(config[key], now[key]));
  if (other === undefined) return;
  const values = `${JSON.stringify(config[other])} in the run, ${JSON.stringify(now[other])} now`;
  throw new AppError('bad-config', `--resume of ${manifest.name}: ${other} is ${values}.`, { hint });
}
