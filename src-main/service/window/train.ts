import type { Handlers } from '../../contract/rpc.ts';
import type { trainRoom } from '../../contract/window/train.ts';
import { followRun } from '../../compute/runs/run-news.ts';
import { discardRun, keepRun, runRows } from '../../compute/runs/run-rows.ts';
import { trainPlan } from '../../compute/runs/train-plan.ts';
import { openRunFolder } from '../../store/run-folder.ts';
import type { ProjectContext } from './project-context.ts';

export const trainHandlers: Handlers<typeof trainRoom, ProjectContext> = {
  runs: ({ project }) => runRows(project),
  run: async ({ project }, { run }) => {
    const folder = await openRunFolder(project.runsDir, run);
    return { config: folder.config, manifest: folder.manifest, epochs: await folder.readEpochs() };
  },
  plan: ({ project }, request) => trainPlan(project, request),
  follow: async function* ({ project }, { run }, signal) {
    yield* followRun((await openRunFolder(project.runsDir, run)).dir, signal);
  },
  keep: async ({ project }, { run }) => {
    await keepRun(project, run);
    return null;
  },
  discard: async ({ project }, { run }) => {
    await discardRun(project, run);
    return null;
  },
};
