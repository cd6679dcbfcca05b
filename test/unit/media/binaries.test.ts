import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMediaTools, mediaTools, parseVersion } from '../../../src-main/media/binaries.ts';
import { frameTiming } from '../../../src-main/media/decode-options.ts';
import { temporaryFolder } from '../../support/media-fixtures.ts';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => ({ folder, remove } = await temporaryFolder()));
afterAll(() => remove());

/** First lines of `-version`, with what a distribution or a build of its own says about itself. */
const printed = (name: string, version: string, years: string, libavutil: string) =>
  [
    `${name} version ${version} Copyright (c) ${years} the FFmpeg developers`,
    'built with gcc 10 (Debian 10.2.1-6)',
    `libavutil      ${libavutil} / ${libavutil}`,
    'libavcodec     58. 91.100 / 58. 91.100',
  ].join('\n');

describe('versions', () => {
  it.each([
    ['N-47683-g0e8eb07980-static', '2000-2018', '56. 24.101', 56_024],
    ['4.3.6-0+deb11u1', '2000-2023', '56. 51.100', 56_051],
    ['5.1.4-0+deb12u1', '2000-2023', '57. 28.100', 57_028],
    ['n7.1', '2000-2024', '59. 39.100', 59_039],
  ])('%s', (version, years, printedLibrary, libavutil) => {
    expect(parseVersion(printed('ffmpeg', version, years, printedLibrary))).toEqual({ version, libavutil });
  });

  it('what says nothing of itself counts as the oldest', () => {
    expect(parseVersion('something else')).toEqual({ version: 'unknown', libavutil: 0 });
  });

  it('a patched old build is not given an option that came later', () => {
    const options = (text: string) => frameTiming(parseVersion(text));
    expect(options(printed('ffmpeg', '4.3.6-0+deb11u1', '2000-2023', '56. 51.100'))).toEqual(['-vsync', '0']);
    expect(options(printed('ffmpeg', '6.0', '2000-2023', '58.  2.100'))).toEqual(['-fps_mode', 'passthrough']);
  });
});

describe('which ffmpeg', () => {
  async function fake(name: string, libavutil: string): Promise<void> {
    const file = path.join(folder, name);
    await writeFile(file, `#!/bin/sh\ncat <<'END'\n${printed(name, '9.9', '2000-2099', libavutil)}\nEND\n`);
    await chmod(file, 0o755);
  }

  it('there is always one that runs', async () => {
    const { ffmpeg, ffprobe } = await mediaTools();
    expect(ffmpeg.libavutil).toBeGreaterThanOrEqual(56_024);
    expect(ffprobe.libavutil).toBeGreaterThanOrEqual(56_024);
  });

  it.skipIf(process.platform === 'win32')(
    'a newer one on PATH wins over the bundled one, an older one does not',
    async () => {
      const env = { PATH: `relative:${folder}` };
      await fake('ffmpeg', '99.  1.100');
      await fake('ffprobe', '51.  1.100');
      expect(await findMediaTools(env)).toMatchObject({
        ffmpeg: { path: path.join(folder, 'ffmpeg'), version: '9.9', from: 'PATH' },
        ffprobe: { from: 'bundled' },
      });
    },
  );

  it.skipIf(process.platform === 'win32')('the environment wins over all, and must work', async () => {
    await fake('ffmpeg', '51.  1.100');
    const env = { FFMPEG_PATH: path.join(folder, 'ffmpeg') };
    expect((await findMediaTools(env)).ffmpeg).toMatchObject({ from: 'environment', libavutil: 51_001 });
    await expect(findMediaTools({ FFPROBE_PATH: '/no/such' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/FFPROBE_PATH is set to \/no\/such/),
    });
  });
});
