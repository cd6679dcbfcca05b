import type { Handlers } from '../../contract/rpc.ts';
import type { LabelEntry, labelRoom } from '../../contract/window/label.ts';
import type { LabelEvent } from '../../store/project.ts';
import type { ProjectContext } from './project-context.ts';

export const labelHandlers: Handlers<typeof labelRoom, ProjectContext> = {
  set: ({ project }, label) => {
    project.setLabel({ ...label, source: 'person' });
    return entryOf(project.labelHistory(label.videoId).at(-1)!);
  },
  history: ({ project }, { videoId }) => project.labelHistory(videoId).map(entryOf),
};

function entryOf({ at, who, source, label, moment, confidence, note }: LabelEvent): LabelEntry {
  return { at, who, source, label, moment, confidence, note };
}
