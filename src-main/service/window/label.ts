import { labelAgreement } from '../../compute/labels/agreement.ts';
import { exportLabels } from '../../compute/labels/export-labels.ts';
import { importLabels, previewLabels } from '../../compute/labels/import-labels.ts';
import { entryOf, labelledVideo } from '../../compute/labels/labelled-video.ts';
import { labelNamed } from '../../compute/labels/label-name.ts';
import { labelOverview } from '../../compute/labels/overview.ts';
import type { Handlers } from '../../contract/rpc.ts';
import type { labelRoom } from '../../contract/window/label.ts';
import type { ProjectContext } from './project-context.ts';

export const labelHandlers: Handlers<typeof labelRoom, ProjectContext> = {
  overview: ({ project }, asRater) => labelOverview(project, asRater),
  video: ({ project }, { videoId, ...asRater }) => labelledVideo(project, videoId, asRater),
  set: ({ project }, { key = null, ...said }) => {
    project.setLabel({ ...said, label: labelNamed(project, said.label), key, source: 'person' });
    return entryOf(project.labels.of(said.videoId).at(-1)!);
  },
  setAll: ({ project }, { who, key, labels }) => {
    project.labels.add(labels.map((said) => ({ ...said, who, key, source: 'person' as const })));
    return null;
  },
  withdraw: ({ project }, { key, who }) => ({ withdrawn: project.labels.withdraw(key, who) }),
  judgeGuesses: ({ project }, verdict) => {
    project.guesses.add(verdict);
    return null;
  },
  history: ({ project }, { videoId }) => project.labels.of(videoId).map(entryOf),
  agreement: ({ project }, { raters }) => labelAgreement(project, raters),
  previewImport: ({ project }, options) => previewLabels(project, options),
  importFiles: ({ project }, options) => importLabels(project, options),
  exportFiles: ({ project }, options) => exportLabels(project, options),
};
