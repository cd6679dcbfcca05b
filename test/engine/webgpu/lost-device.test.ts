import { existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrainSummary } from '../../../src-main/contract/api.ts';
import type { ComputeApi, ComputeJob } from '../../../src-main/contract/compute.ts';
import type { Bridge, Dispatcher } from '../../../src-main/contract/rpc.ts';
import { jobRequestSchema } from '../../../src-main/contract/window/jobs.ts';
import { Supervisor } from '../../../src-main/service/processes/supervisor.ts';
import { JobQueue } from '../../../src-main/service/window/job-queue.ts';
import { openRunFolder } from '../../../src-main/store/run-folder.ts';
import { makeFewLabelsProject } from '../../support/few-labels-project.ts';
import { startNodeChild } from '../../support/node-child.ts';
import { swiftShaderEnvironment, swiftShaderMissing } from '../../support/swiftshader.ts';

const missing = swiftShaderMissing();
if (missing !== null) console.warn(`SKIPPED, a lost GPU is not tested: ${missing}`);

const LOSING_PROCESS = new URL('losing-process.ts', import.meta.url);
const SETTINGS = [
  'cropSize=16',
  'clipFrames=2',
  'scoreStride=20',
  'epochs=2',
  'batch=4',
  'augmentation=none',
  'pooling=average',
];

describe.skipIf(missing !== null)('a GPU that is lost while a run trains', () => {
  let folder: string;
  let supervisor: Supervisor;
  const lost: string[] = [];

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'apexscope-lost-'));
  });

  afterEach(async () => {
    await supervisor.stop();
    await rm(folder, { recursive: true });
  });

  const supervised = (project: string) =>
    new Supervisor({
      name: 'compute process',
      start: () =>
        startNodeChild(LOSING_PROCESS, {
          environment: {
            ...swiftShaderEnvironment(),
            LOST_MARK: path.join(folder, 'lost'),
            CHECKPOINT: path.join(project, 'runs', 'run', 'checkpoint-last.json'),
          },
        }),
      ping: 'compute.ping',
      silentMs: 120_000,
      onState: (state) => state.lost && lost.push(state.lost),
    });

  it('ends the process, and the run goes on in a new one from its last checkpoint to its end', async () => {
    const project = path.join(folder, 'project');
    await makeFewLabelsProject(project, 3);
    supervisor = supervised(project);
    const bridge = async () => (await supervisor.client()) as Dispatcher as Bridge<ComputeApi>;
    const compute = {
      run: async function* (job: ComputeJob) {
        yield* (await bridge()).open('compute.run', job);
      },
      stop: async () => (await bridge()).call('compute.stop', {}),
    };
    const queue = new JobQueue(compute, { load: () => Promise.resolve([]), save: () => undefined });
    const request = jobRequestSchema.parse({ kind: 'train', run: 'run', set: SETTINGS, engine: 'webgpu' });
    const id = queue.start(request, project);
    const summary = (await queue.wait(id)).output as TrainSummary;

    expect(existsSync(path.join(folder, 'lost'))).toBe(true);
    expect(lost).toContain('The compute process ended unexpectedly and was started again.');
    expect(queue.list()[0]).toMatchObject({ state: 'done', restarts: 1 });
    expect(summary).toMatchObject({ epochs: 2, engine: { name: 'webgpu' } });
    expect(summary.resumedFromEpoch).toBe(2);
    const run = await openRunFolder(path.join(project, 'runs'), 'run');
    const steps = (await run.readMetrics()).flatMap((record) => (record.kind === 'step' ? [record.step] : []));
    await run.close();
    expect(steps).toEqual(Array.from({ length: steps.length }, (_, i) => i + 1));
  }, 400_000);
});
