import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeFrames } from '../../../src-main/media/decode.ts';
import { encodeVideo } from '../../../src-main/media/encode.ts';
import { examineVideo } from '../../../src-main/media/examine.ts';
import { runningFfmpegPids } from '../../../src-main/media/ffmpeg-process.ts';
import { CODE, codedPicture, readCode, temporaryFolder } from '../../support/media-fixtures.ts';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => ({ folder, remove } = await temporaryFolder()));
afterAll(() => remove());

const at = (name: string) => path.join(folder, name);
const FORMAT = { width: CODE.width, height: CODE.height, fps: 25, codec: 'h264' } as const;

function* pictures(count: number) {
  for (let i = 0; i < count; i++) yield codedPicture(i);
}

describe('encoding', () => {
  it.each([
    ['h264', 'a.mp4', 'h264'],
    ['flv', 'a.flv', 'flv1'],
    ['mpeg4', 'a.avi', 'mpeg4'],
  ] as const)('%s gives back the same pictures at the same times', async (codec, name, expected) => {
    await encodeVideo(at(name), { ...FORMAT, codec, fps: 30 }, pictures(40));
    const source = { path: at(name), kind: 'file' as const };
    const examined = await examineVideo(source);
    const codes = [];
    for await (const { rgb, width, height } of decodeFrames({ ...source, ...examined })) {
      codes.push(readCode(rgb, width, height));
    }
    expect(codes).toEqual([...Array(40).keys()]);
    expect(examined.media).toMatchObject({ codec: expected, frameCount: 40, width: CODE.width, height: CODE.height });
    examined.index.timesSec.forEach((time, i) => expect(Math.abs(time - i / 30)).toBeLessThan(0.00051));
  });

  it('keeps colours within what chroma subsampling allows', async () => {
    const red = new Uint8Array(64 * 64 * 3).map((_, i) => [200, 60, 40][i % 3]!);
    await encodeVideo(at('red.mp4'), { ...FORMAT, width: 64, height: 64 }, [red, red]);
    const source = { path: at('red.mp4'), kind: 'file' as const };
    for await (const { rgb } of decodeFrames({ ...source, ...(await examineVideo(source)) })) {
      [200, 60, 40].forEach((value, c) => expect(Math.abs(rgb[(32 * 64 + 32) * 3 + c]! - value)).toBeLessThan(6));
    }
  });

  it('the same pictures give the same bytes', async () => {
    await encodeVideo(at('one.mp4'), FORMAT, pictures(30));
    await encodeVideo(at('two.mp4'), FORMAT, pictures(30));
    expect((await readFile(at('one.mp4'))).equals(await readFile(at('two.mp4')))).toBe(true);
  });

  it.each(['-y.mp4', 'a %d "b" 顔.mp4', 'pipe:1.mp4'])('%s is a name like any other', async (name) => {
    await encodeVideo(at(name), FORMAT, pictures(3));
    expect(await readdir(folder)).toContain(name);
  });

  it('a failure or an abort leaves no file and no ffmpeg behind', async () => {
    const before = await readdir(folder);
    await expect(encodeVideo(at('bad.mp4'), FORMAT, [codedPicture(1), new Uint8Array(5)])).rejects.toMatchObject({
      code: 'bug',
      message: expect.stringMatching(/Frame 1 .* got 5/),
    });
    await expect(
      encodeVideo(at('odd.mp4'), { ...FORMAT, width: 33, height: 33 }, [new Uint8Array(33 * 33 * 3)]),
    ).rejects.toMatchObject({
      code: 'decode-failed',
    });
    const abort = new AbortController();
    const stopping = (function* () {
      for (let i = 0; ; i++) {
        if (i === 50) abort.abort();
        yield codedPicture(i);
      }
    })();
    await expect(encodeVideo(at('stop.mp4'), FORMAT, stopping, { signal: abort.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(await readdir(folder)).toEqual(before);
    expect(runningFfmpegPids()).toEqual([]);
  });
});
