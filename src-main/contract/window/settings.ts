/** The Settings tab, as far as it concerns the open project. Served by the project process. */
import { call } from '../rpc.ts';
import { nothing } from './limits.ts';

export type CacheSize = { crops: { files: number; bytes: number }; runs: { files: number; bytes: number } };

export const settingsRoom = {
  cacheSize: call(nothing).returns<CacheSize>(),
};
