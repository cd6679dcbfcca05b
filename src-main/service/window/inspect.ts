import type { EvaluationReport, VideoPrediction } from '../../contract/records.ts';
import type { Handlers } from '../../contract/rpc.ts';
import type { inspectRoom } from '../../contract/window/inspect.ts';
import { readRunFile } from '../../store/run-folder.ts';
import type { ProjectContext } from './project-context.ts';

export const inspectHandlers: Handlers<typeof inspectRoom, ProjectContext> = {
  evaluation: async ({ project }, { run, split }) =>
    (await readRunFile(project.runsDir, run, `evaluation-${split}.json`)) as EvaluationReport | null,
  predictions: async ({ project }, { run, split }) =>
    (await readRunFile(project.runsDir, run, `predictions-${split}.json`)) as VideoPrediction[] | null,
};
