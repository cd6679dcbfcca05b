/** All that the page can ask for, by room. */
import type { Bridge, InputOf, OutputOf } from '../rpc.ts';
import { appRoom } from './app.ts';
import { augmentationRoom } from './augmentation.ts';
import { guessesRoom } from './guesses.ts';
import { inspectRoom } from './inspect.ts';
import { jobsRoom } from './jobs.ts';
import { labelRoom } from './label.ts';
import { libraryRoom } from './library.ts';
import { poolingSearchRoom } from './pooling-search.ts';
import { settingsRoom } from './settings.ts';
import { trainRoom } from './train.ts';

/** Answered by the main process itself. */
export const mainRooms = { app: appRoom, jobs: jobsRoom };

/** Passed on to the project process. */
export const projectRooms = {
  library: libraryRoom,
  label: labelRoom,
  guesses: guessesRoom,
  train: trainRoom,
  inspect: inspectRoom,
  poolingSearch: poolingSearchRoom,
  augmentation: augmentationRoom,
  settings: settingsRoom,
};

export const windowApi = { ...mainRooms, ...projectRooms };
export type WindowApi = typeof windowApi;

/** What the page has: `bridge.call('library.videos', { search: 'anger' })`. */
export type WindowBridge = Bridge<WindowApi>;
export type WindowInput<N extends string> = InputOf<WindowApi, N>;
export type WindowOutput<N extends string> = OutputOf<WindowApi, N>;
