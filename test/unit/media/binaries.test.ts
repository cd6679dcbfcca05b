import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMediaTools, mediaTools, parseVersion } from '../../../src-main/media/binaries.ts';
import { temporaryFolder } from '../../support/media-fixtures.ts';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => ({ folder, remove } = await temporaryFolder()));
afterAll(() => remove());

describe('versions', () => {
  it.each([
    [
      'ffmpeg version N-47683-g0e8eb07980-static https://x/  Copyright (c) 2000-2018 the',
      'N-47683-g0e8eb07980-static',
      2018,
    ],
    ['ffmpeg version 5.1.4-0+deb12u1 Copyright (c) 2000-2023 the FFmpeg developers', '5.1.4-0+deb12u1', 2023],
    ['ffprobe version n7.1 Copyright (c) 2007-2024 the FFmpeg developers\nbuilt', 'n7.1', 2024],
    ['something else', 'unknown', 0],
  ])('%s', (text, version, year) => {
    expect(parseVersion(text)).toEqual({ version, year });
  });
});

describe('which ffmpeg', () => {
  async function fake(name: string, year: number): Promise<void> {
    const file = path.join(folder, name);
    await writeFile(file, `#!/bin/sh\necho "${name} version 9.9 Copyright (c) 2000-${year} the FFmpeg developers"\n`);
    await chmod(file, 0o755);
  }

  it('there is always one that runs', async () => {
    const { ffmpeg, ffprobe } = await mediaTools();
    expect(ffmpeg.year).toBeGreaterThanOrEqual(2018);
    expect(ffprobe.year).toBeGreaterThanOrEqual(2018);
  });

  it.skipIf(process.platform === 'win32')(
    'a newer one on PATH wins over the bundled one, an older one does not',
    async () => {
      const env = { PATH: `relative:${folder}` };
      await fake('ffmpeg', 2099);
      await fake('ffprobe', 2001);
      expect(await findMediaTools(env)).toMatchObject({
        ffmpeg: { path: path.join(folder, 'ffmpeg'), version: '9.9', from: 'PATH' },
        ffprobe: { from: 'bundled' },
      });
    },
  );

  it.skipIf(process.platform === 'win32')('the environment wins over all, and must work', async () => {
    await fake('ffmpeg', 2001);
    const env = { FFMPEG_PATH: path.join(folder, 'ffmpeg') };
    expect((await findMediaTools(env)).ffmpeg).toMatchObject({ from: 'environment', year: 2001 });
    await expect(findMediaTools({ FFPROBE_PATH: '/no/such' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/FFPROBE_PATH is set to \/no\/such/),
    });
  });
});
