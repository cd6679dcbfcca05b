import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProcessState } from '../../../src-main/contract/window/app.ts';
import { openApp } from '../../../src-main/service/app.ts';
import { ProjectHost } from '../../../src-main/service/window/project-host.ts';
import { openProject } from '../../../src-main/store/project.ts';
import { writeCodedVideo } from '../../support/media-fixtures.ts';
import { PROJECT_PROCESS, startNodeChild } from '../../support/node-child.ts';

let folder: string;
let dir: string;
let host: ProjectHost;
let id: string;
const states: ProcessState[] = [];
const ask = (name: string, input: unknown) => host.dispatcher().call(name, input, new AbortController().signal);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'apexscope-host-'));
  dir = path.join(folder, 'faces');
  const videos = path.join(folder, 'videos', 'joy');
  await mkdir(videos, { recursive: true });
  await writeCodedVideo(path.join(videos, 'one.mp4'), { frames: 10 });
  const api = openApp();
  const source = { source: path.dirname(videos), project: dir, layout: 'auto' as const, fold: 1 };
  await api.importVideos({ ...source, faces: 'cropped' }, {});
  await api.prepare({ project: dir, cropSize: 32, persons: [] }, {});
  using project = openProject(dir);
  id = project.listVideos()[0]!.id;
  host = new ProjectHost(
    () => startNodeChild(PROJECT_PROCESS),
    (state) => states.push(state),
  );
});

afterAll(async () => {
  await host.stop();
  await rm(folder, { recursive: true });
});

describe('the open project in its process', () => {
  it('is asked for nothing before it is open', async () => {
    await expect(ask('train.runs', {})).rejects.toMatchObject({ code: 'not-found', message: 'No project is open.' });
    await expect(host.mediaFile(id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('opens, and leaves a file to open it by', async () => {
    expect(await host.open(dir, false)).toMatchObject({ dir, name: 'faces' });
    expect(existsSync(path.join(dir, 'faces.apexscope'))).toBe(true);
    expect(await ask('label.history', { videoId: id })).toHaveLength(1);
  });

  it('stays open when another cannot be opened', async () => {
    await expect(host.open(folder, false)).rejects.toMatchObject({ code: 'not-found' });
    expect(host.project?.dir).toBe(dir);
    expect(await ask('label.history', { videoId: id })).toHaveLength(1);
  });

  it('tells where the file of a video lies, of its own videos only', async () => {
    expect(await host.mediaFile(id)).toMatchObject({ path: path.join(folder, 'videos', 'joy', 'one.mp4') });
    await expect(host.mediaFile('ffffffffffffffff')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('gives the face of a frame as a JPEG', async () => {
    const { format, width, height } = await sharp(await host.face(id, 4)).metadata();
    expect({ format, width, height }).toEqual({ format: 'jpeg', width: 32, height: 32 });
  });

  it('is open again after its process was killed', async () => {
    process.kill(host.pid!, 'SIGKILL');
    while (states.at(-1)?.lost === null || states.at(-1)?.state !== 'ready')
      await new Promise((r) => setTimeout(r, 20));
    expect(await ask('label.history', { videoId: id })).toHaveLength(1);
  });

  it('can be closed', async () => {
    await host.close();
    await expect(ask('train.runs', {})).rejects.toMatchObject({ message: 'No project is open.' });
  });
});
