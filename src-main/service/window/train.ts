import type { EpochMetrics } from '../../contract/records.ts';
import type { Handlers } from '../../contract/rpc.ts';
import type { trainRoom } from '../../contract/window/train.ts';
import { openRunFolder } from '../../store/run-folder.ts';
import type { ProjectContext } from './project-context.ts';

export const trainHandlers: Handlers<typeof trainRoom, ProjectContext> = {
  runs: ({ project }) =>
    project.listRuns().map(({ name, createdAt, updatedAt, status }) => ({ name, createdAt, updatedAt, status })),
  run: async ({ project }, { run }) => {
    const folder = await openRunFolder(project.runsDir, run);
    const records = await folder.readMetrics();
    const epochs = records.filter((record): record is EpochMetrics => record.kind === 'epoch');
    return { config: folder.config, manifest: folder.manifest, epochs };
  },
};
