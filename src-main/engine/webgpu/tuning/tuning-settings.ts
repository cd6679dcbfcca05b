/** Whether tiles are tuned, and where the choices are kept: in the folder that the system has for a user's caches. */
import { homedir } from 'node:os';
import path from 'node:path';
import { TUNING } from '../../../contract/engine-environment.ts';

/** `always`: also GPUs that the CPU imitates, and products of any size. */
export type Tuning = { cacheFile: string; always: boolean };

/** Null: static choices only. */
export function tuningFrom(env: NodeJS.ProcessEnv, platform = process.platform): Tuning | null {
  const wish = env[TUNING];
  if (wish === 'off') return null;
  return { cacheFile: path.join(userCacheFolder(env, platform), 'gpu-tiles.json'), always: wish === 'always' };
}

/** For all projects of a user; what lies there can be deleted at any time. */
function userCacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = homedir();
  if (platform === 'win32')
    return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'apexscope', 'cache');
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'apexscope');
  return path.join(env['XDG_CACHE_HOME'] || path.join(home, '.cache'), 'apexscope');
}
