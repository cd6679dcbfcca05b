import { guessingRuns, guessQueue, videoGuesses } from '../../compute/labels/guesses.ts';
import { labelCurve } from '../../compute/labels/semi-weak-runs.ts';
import type { Handlers } from '../../contract/rpc.ts';
import type { guessesRoom } from '../../contract/window/guesses.ts';
import type { ProjectContext } from './project-context.ts';

export const guessesHandlers: Handlers<typeof guessesRoom, ProjectContext> = {
  runs: ({ project }) => guessingRuns(project),
  queue: ({ project }, { run }) => guessQueue(project, run),
  video: ({ project }, { run, videoId }) => videoGuesses(project, run, videoId),
  curve: ({ project }) => labelCurve(project),
};
