import { failureOf } from '../../contract/rpc.ts';
import type { Project } from '../../store/project.ts';
import { openRunFolder, runExists } from '../../store/run-folder.ts';
import { discardRun } from './run-rows.ts';

/**
 * Notes how a run ended that did not end well; its files are closed. One that was made just now (`isNew`) and failed before
 * its first step is taken back, so that its name is free.
 */
export async function recordFailure(
  project: Project,
  run: string,
  { error, isNew }: { error: unknown; isNew: boolean },
): Promise<void> {
  const failure = failureOf(error);
  if (failure.code === 'aborted') project.recordRun(run, 'paused', failure);
  else if (isNew && !(await tookStep(project, run))) await takeBack(project, run);
  else project.recordRun(run, 'failed', failure);
}

async function tookStep({ runsDir }: Project, run: string): Promise<boolean> {
  if (!runExists(runsDir, run)) return false;
  const records = await (await openRunFolder(runsDir, run)).readMetrics();
  return records.some(({ kind }) => kind === 'step');
}

async function takeBack(project: Project, run: string): Promise<void> {
  if (runExists(project.runsDir, run)) await discardRun(project, run);
  else project.forgetRun(run);
}
