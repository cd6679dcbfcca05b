/** What the project process answers, by room. */
import { augmentationHandlers } from './augmentation.ts';
import { guessesHandlers } from './guesses.ts';
import { inspectHandlers } from './inspect.ts';
import { labelHandlers } from './label.ts';
import { libraryHandlers } from './library.ts';
import { poolingSearchHandlers } from './pooling-search.ts';
import { settingsHandlers } from './settings.ts';
import { trainHandlers } from './train.ts';

export const projectHandlers = {
  library: libraryHandlers,
  label: labelHandlers,
  guesses: guessesHandlers,
  train: trainHandlers,
  inspect: inspectHandlers,
  poolingSearch: poolingSearchHandlers,
  augmentation: augmentationHandlers,
  settings: settingsHandlers,
};
