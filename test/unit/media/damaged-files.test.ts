import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examineVideo } from '../../../src-main/media/examine.ts';
import { plainReason } from '../../../src-main/media/plain-reason.ts';
import { runFfmpeg, temporaryFolder, writeCodedVideo } from '../../support/media-fixtures.ts';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => ({ folder, remove } = await temporaryFolder()));
afterAll(() => remove());

const at = (name: string) => path.join(folder, name);

async function refusalOf(file: string) {
  return examineVideo({ path: file, kind: 'file' }).then(
    () => expect.unreachable(`${file} was accepted`),
    (error: unknown) => error,
  );
}

async function write(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(at(name), content);
  return at(name);
}

async function firstPart(file: string, share: number): Promise<Buffer> {
  const content = await readFile(file);
  return content.subarray(0, Math.floor(content.length * share));
}

describe('files that are no videos', () => {
  it('an empty file', async () => {
    expect(await refusalOf(await write('empty.mp4', ''))).toMatchObject({
      code: 'unsupported-file',
      message: expect.stringMatching(/empty.mp4 is empty \(0 bytes\)/),
    });
  });

  it.each([
    ['text.mp4', 'These are words.\n'.repeat(100)],
    ['text.avi', 'These are words.\n'.repeat(100)],
    ['bytes.mkv', Uint8Array.from({ length: 50_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 255)],
  ])('%s', async (name, content) => {
    expect(await refusalOf(await write(name, content))).toMatchObject({
      code: 'unsupported-file',
      message: expect.stringMatching(/it is not a video|not a video of a known format/),
    });
  });

  it('sound without a picture', async () => {
    await runFfmpeg(['-f', 'lavfi', '-i', 'sine=d=1', '-y', at('sound.mp4')]);
    expect(await refusalOf(at('sound.mp4'))).toMatchObject({
      code: 'unsupported-file',
      message: expect.stringMatching(/no video stream/),
    });
  });

  it('lists that name other files are not followed', async () => {
    const video = await writeCodedVideo(at('secret.mp4'), { frames: 5 });
    const concat = await write('concat.mp4', `ffconcat version 1.0\nfile '${video}'\n`);
    const playlist = await write(
      'list.mp4',
      `#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n${video}\n#EXT-X-ENDLIST\n`,
    );
    expect(await refusalOf(concat)).toMatchObject({ code: 'unsupported-file' });
    expect(await refusalOf(playlist)).toMatchObject({ code: 'unsupported-file' });
  });

  it('a folder, and nothing at all', async () => {
    await mkdir(at('folder.mp4'));
    expect(await refusalOf(at('folder.mp4'))).toMatchObject({ code: 'unsupported-file' });
    expect(await refusalOf(at('missing.mp4'))).toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/missing.mp4 cannot be opened: ENOENT/),
    });
  });
});

describe('files that were cut off or damaged', () => {
  it('an MP4 without its index', async () => {
    const whole = await writeCodedVideo(at('whole.mp4'), { frames: 100 });
    expect(await refusalOf(await write('cut.mp4', await firstPart(whole, 0.5)))).toMatchObject({
      code: 'decode-failed',
      message: expect.stringMatching(/its index is missing, so it was cut off/),
    });
  });

  it('the beginning of an MKV', async () => {
    const whole = await readFile(await writeCodedVideo(at('start.mkv'), { frames: 100 }));
    expect(await refusalOf(await write('head.mkv', whole.subarray(0, 300)))).toMatchObject({
      code: 'decode-failed',
      message: expect.stringMatching(/head.mkv cannot be read: it ends too early/),
    });
  });

  it.each([
    ['mp4', ['-movflags', '+faststart']],
    ['mkv', []],
    ['webm', ['-c:v', 'libvpx', '-b:v', '1M']],
    ['avi', ['-c:v', 'mpeg4', '-q:v', '2']],
    ['flv', ['-c:v', 'flv', '-q:v', '2']],
  ])('half of a %s', async (extension, options) => {
    const inputs = ['-f', 'lavfi', '-i', 'sine=d=8'];
    const whole = await writeCodedVideo(at(`half-of.${extension}`), { frames: 200, inputs, options });
    const half = await write(`half.${extension}`, await firstPart(whole, 0.5));
    expect(await refusalOf(half)).toMatchObject({
      code: 'decode-failed',
      message: expect.stringMatching(/cut off: it promises 8.* s, but only [1-6]\.\d\d s/),
    });
  });

  it('a video whose sound goes on for longer is whole', async () => {
    const inputs = ['-f', 'lavfi', '-i', 'sine=d=4'];
    const file = await writeCodedVideo(at('long-sound.flv'), { frames: 25, inputs });
    expect((await examineVideo({ path: file, kind: 'file' })).media.frameCount).toBe(25);
  });

  it('a few damaged places are a warning, many are a refusal', async () => {
    const options = ['-c:v', 'libx264', '-g', '10', '-bf', '0', '-movflags', '+faststart'];
    const whole = await readFile(await writeCodedVideo(at('sound.mp4'), { frames: 200, options }));
    const damage = async (name: string, share: number) => {
      const content = Buffer.from(whole);
      const middle = Math.floor(content.length / 2);
      content.fill(0xa5, middle, middle + Math.floor(content.length * share));
      return write(name, content);
    };
    const few = await examineVideo({ path: await damage('few.mp4', 0.005), kind: 'file' });
    expect(few.warnings[0]).toMatch(/damaged places/);
    expect(await refusalOf(await damage('many.mp4', 0.45))).toMatchObject({
      code: 'decode-failed',
      message: expect.stringMatching(/damaged: only \d+ of its 200 frames|cut off/),
    });
  });
});

it('an unknown complaint is quoted, the last line of it, without the path', () => {
  expect(plainReason('one\ntwo\n')).toEqual({ code: 'decode-failed', reason: 'ffmpeg says “two”.' });
  expect(plainReason('one\nfile:/a: b.mkv: Function not implemented').reason).toBe(
    'ffmpeg says “Function not implemented”.',
  );
});
