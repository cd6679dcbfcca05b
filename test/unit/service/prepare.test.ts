import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApp } from '../../../src-main/service/app.ts';
import { openProject } from '../../../src-main/store/project.ts';
import { temporaryFolder, writeCodedVideo } from '../../support/media-fixtures.ts';

let work: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => (work = await temporaryFolder()));
afterAll(() => work.remove());

it('videos that were gone leave the quarantine when they are back, prepared anew or before', async () => {
  const [disk, unplugged, dir] = ['disk', 'unplugged', 'project'].map((name) => path.join(work.folder, name));
  await mkdir(path.join(disk!, 'joy'), { recursive: true });
  await writeCodedVideo(path.join(disk!, 'joy', 'a.mp4'), { frames: 4 });
  const api = openApp();
  await api.importVideos({ source: disk!, project: dir!, layout: 'auto', faces: 'cropped', fold: 1 }, {});
  const prepare = async () => {
    const { prepared, alreadyPrepared } = await api.prepare({ project: dir!, cropSize: 32, persons: [] }, {});
    using project = openProject(dir!);
    return { prepared, alreadyPrepared, quarantine: project.listQuarantine().map(({ reason }) => reason) };
  };
  for (const there of [
    { prepared: 1, alreadyPrepared: 0 },
    { prepared: 0, alreadyPrepared: 1 },
  ]) {
    await rename(disk!, unplugged!);
    expect(await prepare()).toEqual({ prepared: 0, alreadyPrepared: 0, quarantine: ['its file has gone or moved'] });
    await rename(unplugged!, disk!);
    expect(await prepare()).toEqual({ ...there, quarantine: [] });
  }
});
