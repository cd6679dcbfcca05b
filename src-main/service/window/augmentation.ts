import type { Handlers } from '../../contract/rpc.ts';
import type { augmentationRoom } from '../../contract/window/augmentation.ts';
import { augmentedClips } from '../../compute/augmentations/clips.ts';
import { augmentationDetail, followAugmentation } from '../../compute/augmentations/picture.ts';
import { augmentationCurves, augmentationRows } from '../../compute/augmentations/stored.ts';
import type { ProjectContext } from './project-context.ts';

export const augmentationHandlers: Handlers<typeof augmentationRoom, ProjectContext> = {
  rows: ({ project }) => augmentationRows(project),
  search: ({ project }, { run }) => augmentationDetail(project, run),
  follow: async function* ({ project }, { run }, signal) {
    yield* followAugmentation(project, run, signal);
  },
  clips: ({ project }, request, signal) => augmentedClips(project, request, signal),
  curves: ({ project }, { runs }) => augmentationCurves(project, runs),
};
