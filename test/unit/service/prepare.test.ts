import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '../../../src-main/service/app.ts';
import { withFolderLock } from '../../../src-main/store/folder-lock.ts';
import { openProject, ownFolders } from '../../../src-main/store/project.ts';
import { temporaryFolder, writeCodedVideo } from '../../support/media-fixtures.ts';
import { makePreparedProject } from '../../support/prepared-project.ts';

const INPUT = { layout: 'auto', faces: 'cropped', fold: 1 } as const;

let work: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => (work = await temporaryFolder()));
afterAll(() => work.remove());

it('videos that were gone leave the quarantine when they are back, prepared anew or before', async () => {
  const [disk, unplugged, dir] = ['disk', 'unplugged', 'project'].map((name) => path.join(work.folder, name));
  await mkdir(path.join(disk!, 'joy'), { recursive: true });
  await writeCodedVideo(path.join(disk!, 'joy', 'a.mp4'), { frames: 4 });
  const api = openApp();
  await api.importVideos({ source: disk!, project: dir!, ...INPUT }, {});
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

describe('what another process is at', () => {
  it('crops are not made twice at once, and nothing of the other is removed', async () => {
    const [disk, dir] = ['one disk', 'one project'].map((name) => path.join(work.folder, name)) as [string, string];
    await mkdir(path.join(disk, 'joy'), { recursive: true });
    await writeCodedVideo(path.join(disk, 'joy', 'a.mp4'), { frames: 4 });
    const api = openApp();
    await api.importVideos({ source: disk, project: dir, ...INPUT }, {});
    const { crops } = ownFolders(dir);
    const prepare = () => api.prepare({ project: dir, cropSize: 32, persons: [] }, {});
    const begun = path.join(crops, 'of-the-other.crops.part');
    await withFolderLock({ folder: crops, name: 'The other' }, async () => {
      await mkdir(crops, { recursive: true });
      await writeFile(begun, 'half a pack');
      const message = expect.stringContaining(`The folder ${crops} is in use by process ${process.pid}, since `);
      await expect(prepare()).rejects.toMatchObject({ code: 'bad-input', message });
      expect(await readFile(begun, 'utf8')).toBe('half a pack');
    });
    expect(await prepare()).toMatchObject({ prepared: 1 });
  });

  it('a run is not trained twice at once, by itself or in a comparison', async () => {
    const dir = path.join(work.folder, 'trained');
    await makePreparedProject(dir);
    const name = 'c-small3d-average-s1';
    const started = { project: dir, engine: 'wasm' as const, resume: true, set: ['epochs=1', 'clipFrames=4'] };
    const systems = { models: ['small3d' as const], pooling: ['average' as const], gammas: [1], seeds: [1] };
    const refusal = {
      code: 'bad-input',
      message: expect.stringContaining(`The run ${name} is in use by process ${process.pid}, since `),
    };
    const api = openApp();
    await withFolderLock({ folder: path.join(ownFolders(dir).runs, name), name: 'The other' }, async () => {
      await expect(api.train({ ...started, run: name, config: {} }, {})).rejects.toMatchObject(refusal);
      const compared = { ...systems, size: 'small' as const, split: 'test' as const, run: 'c' };
      await expect(api.compare({ ...started, ...compared }, {})).rejects.toMatchObject(refusal);
    });
    using project = openProject(dir);
    expect(project.listRuns()).toEqual([]);
  });
});
