import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainedEpochs } from '../../../src-main/compute/trained-epochs.ts';
import type { EpochMetrics } from '../../../src-main/contract/records.ts';
import { openApp } from '../../../src-main/service/app.ts';
import { makeFewLabelsProject, TINY_RUN } from '../../support/few-labels-project.ts';
import { toyConfig } from '../../support/toy-training.ts';

const api = openApp();
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'apexscope-unfinished-'));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

describe('an evaluation of a run that was stopped', () => {
  it('says how far it is trained, until it is finished', async () => {
    const project = path.join(dir, 'project');
    await makeFewLabelsProject(project);
    const asked = { project, run: 'stopped', config: {}, set: TINY_RUN, engine: 'wasm' as const, resume: true };
    const stop = new AbortController();
    const onProgress = ({ detail = '' }) => {
      if (detail.startsWith('epoch 2/3')) stop.abort();
    };
    await expect(api.train(asked, { signal: stop.signal, onProgress })).rejects.toMatchObject({ code: 'aborted' });
    const evaluate = () => api.evaluate({ project, run: 'stopped', split: 'test', engine: 'wasm' }, {});
    expect((await evaluate()).protocol.epochs).toEqual({ trained: 1, planned: 3, finished: false });
    await api.train(asked, {});
    expect((await evaluate()).protocol.epochs).toEqual({ trained: 3, planned: 3, finished: true });
  });
});

describe('trainedEpochs', () => {
  const runWith = (valLosses: number[]) => {
    const epochs = valLosses.map((valLoss, i) => ({ kind: 'epoch', epoch: i + 1, valLoss }) as EpochMetrics);
    return { config: toyConfig(['epochs=20', 'patience=2']), readEpochs: () => Promise.resolve(epochs) };
  };

  it('takes a run as finished whose validation loss no longer fell', async () => {
    expect(await trainedEpochs(runWith([3, 2, 2, 2]))).toEqual({ trained: 4, planned: 20, finished: true });
    expect(await trainedEpochs(runWith([3, 2, 2, 1]))).toEqual({ trained: 4, planned: 20, finished: false });
  });

  it('takes one as not finished that has trained no epoch', async () => {
    expect(await trainedEpochs(runWith([]))).toEqual({ trained: 0, planned: 20, finished: false });
  });
});
