import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { importFolder } from '../../../src-main/compute/import.ts';
import { previewImport } from '../../../src-main/compute/library/import-preview.ts';
import { temporaryFolder, writeCodedVideo } from '../../support/media-fixtures.ts';

let folder: string;
let remove: () => Promise<void>;

beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
afterEach(() => remove());

test('files that look like videos and are passed over are said, once, with an example', async () => {
  const source = path.join(folder, 'in');
  for (const name of ['happy', 'sad']) await mkdir(path.join(source, name), { recursive: true });
  const video = await writeCodedVideo(path.join(source, 'happy', 'subj1_a.mp4'), { frames: 5 });
  for (const name of ['happy/camera.MTS', 'sad/.h.mp4', 'sad/._h.mp4']) await writeFile(path.join(source, name), 'x');
  const options = { source, project: path.join(folder, 'p'), layout: 'auto', faces: 'auto', fold: 1 } as const;
  const note = '2 files that look like videos are hidden or of a kind that is not read, such as happy/camera.MTS.';
  expect((await previewImport(options)).notes).toEqual([note]);
  expect((await importFolder(options)).notes).toEqual([note]);
  for (const file of [video, path.join(source, 'happy', 'camera.MTS')]) await rm(file);
  await expect(importFolder(options)).rejects.toThrow(
    /in\. 1 file that looks like a video is hidden or .*, such as sad\/\.h\.mp4\.$/,
  );
});
