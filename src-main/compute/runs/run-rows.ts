import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../contract/errors.ts';
import type { EpochMetrics, EvaluationReport } from '../../contract/records.ts';
import { failureOf, type Failure } from '../../contract/rpc.ts';
import type { BestEpoch, RunRow, RunStatus } from '../../contract/window/train.ts';
import type { Project } from '../../store/project.ts';
import { openRunFolder, readRunFile, runExists } from '../../store/run-folder.ts';

const STATUSES: readonly string[] = ['training', 'paused', 'kept', 'trained', 'failed'] satisfies RunStatus[];

/** Runs of a project as its table shows them, newest last; those whose folder has gone are left out. A broken one says so. */
export async function runRows(project: Project): Promise<RunRow[]> {
  const runs = project.listRuns().filter(({ name }) => runExists(project.runsDir, name));
  return Promise.all(runs.map((run) => rowOf(project, run).catch((error: unknown) => unreadableRow(run, error))));
}

type StoredRun = ReturnType<Project['listRuns']>[number];

async function rowOf(project: Project, { name, createdAt, updatedAt, status, summary }: StoredRun): Promise<RunRow> {
  const folder = await openRunFolder(project.runsDir, name);
  const { model, pooling, gamma, seed, epochs: epochsPlanned } = folder.config;
  const epochs = await folder.readEpochs();
  const evaluation = (await readRunFile(project.runsDir, name, 'evaluation-test.json')) as EvaluationReport | null;
  return {
    ...{ name, createdAt, updatedAt, status: STATUSES.includes(status) ? (status as RunStatus) : 'trained' },
    ...{ model, pooling, gamma, seed, epochsPlanned, epochs: epochs.length },
    seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0),
    best: bestOf(epochs),
    test: evaluation === null ? null : { war: evaluation.war, uar: evaluation.uar },
    error: status === 'failed' ? (summary as Failure) : null,
  };
}

function unreadableRow({ name, createdAt, updatedAt }: StoredRun, error: unknown): RunRow {
  return {
    ...{ name, createdAt, updatedAt, status: 'unreadable' },
    ...{ model: null, pooling: null, gamma: null, seed: null, epochsPlanned: null, epochs: 0 },
    ...{ seconds: 0, best: null, test: null },
    error: failureOf(error),
  };
}

function bestOf(epochs: readonly EpochMetrics[]): BestEpoch | null {
  const best = epochs.findLast((epoch) => epoch.best);
  if (best === undefined) return null;
  const { epoch, valLoss, valWar, valUar } = best;
  return { epoch, valLoss, valWar, valUar };
}

/** Ends a stopped run for good. @throws AppError `bad-input` where no epoch was finished, `not-found` */
export async function keepRun(project: Project, run: string): Promise<void> {
  const { dir } = await openRunFolder(project.runsDir, run);
  if (!existsSync(path.join(dir, 'checkpoint-best.json')))
    throw new AppError('bad-input', `The run ${run} has not finished an epoch, so there is no network to keep.`, {
      hint: 'Resume it, or discard it.',
    });
  project.recordRun(run, 'kept', null);
}

/** Deletes a run: out of the list first, then its folder under a name that no run has. @throws AppError `not-found` */
export async function discardRun(project: Project, run: string): Promise<void> {
  const { dir } = await openRunFolder(project.runsDir, run);
  const going = path.join(project.runsDir, `.discarded-${process.pid}-${Date.now()}`);
  await rename(dir, going);
  project.forgetRun(run);
  await rm(going, { recursive: true, force: true });
}
