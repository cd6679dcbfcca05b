import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttentionMaps } from '../../../../src-main/contract/api.ts';
import { openApp } from '../../../../src-main/service/app.ts';
import { fewLabelsId, makeFewLabelsProject, TINY_RUN } from '../../../support/few-labels-project.ts';

const api = openApp();
const SMALL = ['model=spatial-attention', 'modelWidth=0.05', 'attention.blocks=2', 'attention.hops=3', 'clipFrames=1'];
const VIDEO = fewLabelsId('happiness-0');
let dir: string;
let project: string;

async function train(run: string, set: string[]): Promise<void> {
  const asked = { project, run, config: {}, set: [...TINY_RUN, 'epochs=1', ...set], resume: false };
  await api.train({ ...asked, engine: 'wasm' }, {});
}

const maps = (run: string, videoId = VIDEO): Promise<AttentionMaps> =>
  api.attentionMaps({ project, run, videoId, engine: 'wasm' }, {});

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'apexscope-attention-'));
  project = path.join(dir, 'project');
  await makeFewLabelsProject(project);
  await train('attentive', [...SMALL, 'pooling=joint-softmax', 'jointSoftmax.drawnClips=4']);
  await train('plain', []);
});

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('attention maps of a video', () => {
  it('have weights of every hop in every frame with a face, 1 in sum over places', async () => {
    const { hops, rows, columns, frames } = await maps('attentive');
    expect([hops, rows, columns, frames.length]).toEqual([3, 4, 4, 20]);
    for (const weights of frames)
      for (let hop = 0; hop < 3; hop++) {
        const own = weights!.subarray(hop * 16, (hop + 1) * 16);
        expect(own.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
        expect(Math.min(...own)).toBeGreaterThan(0);
      }
  });

  it('are refused for a network that weighs no places', async () => {
    await expect(maps('plain')).rejects.toMatchObject({
      code: 'bad-input',
      message: 'The run plain has no attention: small3d weighs no places.',
    });
  });

  it('are refused for a video that is not there', async () => {
    await expect(maps('attentive', '0123456789abcdef')).rejects.toMatchObject({ code: 'not-found' });
  });
});
