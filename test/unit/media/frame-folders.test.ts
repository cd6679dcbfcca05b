import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBmp } from '../../../src-main/media/bmp.ts';
import { decodeFrames } from '../../../src-main/media/decode.ts';
import { examineVideo } from '../../../src-main/media/examine.ts';
import { orderFrames } from '../../../src-main/media/frame-names.ts';
import { probe } from '../../../src-main/media/probe.ts';
import { CODE, codedPicture, readCode, runFfmpeg, temporaryFolder } from '../../support/media-fixtures.ts';

let root: string;
let remove: () => Promise<void>;

beforeAll(async () => ({ folder: root, remove } = await temporaryFolder()));
afterAll(() => remove());

const picture = (number: number) =>
  sharp(codedPicture(number), { raw: { width: CODE.width, height: CODE.height, channels: 3 } });

/** A folder in which the picture of number n is called `name(n)`. */
async function folderOf(folder: string, numbers: readonly number[], name: (n: number) => string): Promise<string> {
  const full = path.join(root, folder);
  await mkdir(full, { recursive: true });
  for (const n of numbers) await picture(n).toFile(path.join(full, name(n)));
  return full;
}

async function see(folder: string, framesFps?: number) {
  const source = { path: folder, kind: 'frames' as const, ...(framesFps === undefined ? {} : { framesFps }) };
  const examined = await examineVideo(source);
  const codes: number[] = [];
  const timesSec: number[] = [];
  for await (const { rgb, width, height, timeSec, frame } of decodeFrames({ ...source, ...examined })) {
    expect(frame).toBe(codes.length);
    codes.push(readCode(rgb, width, height));
    timesSec.push(timeSec);
  }
  return { ...examined, codes, timesSec };
}

describe('names of frames', () => {
  const order = (...names: string[]) => {
    const sequence = orderFrames(names);
    return 'frames' in sequence ? { frames: sequence.frames } : sequence;
  };

  it('are ordered by their last number, not by their letters', () => {
    expect(order('10.jpg', '9.jpg', '1.jpg')).toEqual({ frames: ['1.jpg', '9.jpg', '10.jpg'] });
    expect(order('00001_00010.jpg', '00001_00002.jpg')).toEqual({ frames: ['00001_00002.jpg', '00001_00010.jpg'] });
    expect(order('img_2_aligned.png', 'img_10_aligned.png')).toEqual({
      frames: ['img_2_aligned.png', 'img_10_aligned.png'],
    });
    expect(order('20230101123059123456789.jpg', '20230101123059123456788.jpg')).toEqual({
      frames: ['20230101123059123456788.jpg', '20230101123059123456789.jpg'],
    });
  });

  it.each([
    ['start where they like', [7, 8, 9, 10], [0, 1, 2, 3]],
    ['leave gaps where some are missing', [1, 2, 3, 4, 8, 9, 10, 11], [0, 1, 2, 3, 7, 8, 9, 10]],
    ['are evenly spaced where every fifth was kept', [0, 5, 10, 15], [0, 1, 2, 3]],
    ['are evenly spaced where two in five were kept', [1, 3, 6, 8, 11], [0, 1, 2, 3, 4]],
    ['are evenly spaced where more are missing than there are', [1, 2, 3, 4, 5, 1000], [0, 1, 2, 3, 4, 5]],
    ['are evenly spaced where nothing tells', [1, 3], [0, 1]],
    ['may be one', [9], [0]],
  ])('%s', (_, numbers, places) => {
    expect(orderFrames(numbers.map((n) => `${n}.jpg`))).toMatchObject({ places });
  });

  it('other files beside them do not count', () => {
    expect(order('2.JPG', '1.jpg', 'notes.txt', '.3.jpg', 'Thumbs.db')).toEqual({ frames: ['1.jpg', '2.JPG'] });
  });

  it.each([
    [['cover.jpg', '1.jpg'], /cover.jpg has no number/],
    [['a_1.jpg', 'b_2.jpg'], /not one sequence: a_1.jpg and b_2.jpg/],
    [['1.jpg', '01.jpg'], /two of its pictures have the number/],
    [['notes.txt'], /no pictures/],
  ])('%j is no sequence', (names, reason) => {
    expect(orderFrames(names)).toMatchObject({ reason: expect.stringMatching(reason) });
  });
});

describe('folders of numbered frames', () => {
  it.each(['jpg', 'png', 'webp'])(
    '%s: every picture once, in numeric order, at 25 fps unless told',
    async (extension) => {
      const seen = await see(await folderOf(extension, [12, 1, 2, 3, 100], (n) => `${n}.${extension}`));
      expect(seen.codes).toEqual([1, 2, 3, 12, 100]);
      expect(seen.timesSec).toEqual([0, 0.04, 0.08, 0.12, 0.16]);
      expect(seen.media).toMatchObject({ kind: 'frames', ...CODE_SIZE, averageFps: 25, frameCount: 5, startSec: 0 });
      expect(seen.media.durationSec).toBeCloseTo(0.2, 9);
    },
  );

  it('gaps in the numbers keep their time, and are said', async () => {
    const numbers = Array.from({ length: 50 }, (_, i) => i + 1).filter((n) => n < 10 || n > 15);
    const seen = await see(await folderOf('gaps', numbers, (n) => `img_${n}.png`));
    expect(seen.codes).toEqual(numbers);
    expect(seen.timesSec).toEqual(numbers.map((n) => (n - 1) / 25));
    expect(seen.media).toMatchObject({ frameCount: 44, variableFrameRate: true });
    expect(seen.media.durationSec).toBeCloseTo(2, 9);
    expect(seen.warnings).toEqual([
      '6 frames are missing by the numbers of its pictures; the others keep their times.',
    ]);
    expect((await probe({ path: path.join(root, 'gaps'), kind: 'frames' })).durationSec).toBeCloseTo(2, 9);
  });

  it('another rate changes the times', async () => {
    const seen = await see(await folderOf('slow', [1, 2, 3], (n) => `${n}.png`), 10);
    expect(seen.timesSec).toEqual([0, 0.1, 0.2]);
    expect(seen.media.averageFps).toBe(10);
  });

  it('names mean nothing: percent signs, quotes, dashes', async () => {
    const folder = await folderOf(`-100%05d 'it"s' 顔`, [1, 2], (n) => `-%03d ${n}.jpg`);
    expect((await see(folder)).codes).toEqual([1, 2]);
  });

  it('bitmaps as ffmpeg writes them', async () => {
    const folder = await folderOf('bitmaps', [], String);
    const pixels = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${CODE.width}x${CODE.height}`, '-i', '-'];
    await runFfmpeg([...pixels, '-y', path.join(folder, '%d.bmp')], Buffer.concat([codedPicture(7), codedPicture(8)]));
    const seen = await see(folder);
    expect(seen.codes).toEqual([7, 8]);
    expect(seen.media).toMatchObject({ ...CODE_SIZE, codec: 'bmp' });
  });

  it('grey, transparent and deep pictures become 8 bit RGB, and EXIF orientation is applied', async () => {
    const folder = await folderOf('mixed', [], String);
    await picture(1).greyscale().png().toFile(path.join(folder, '1.png'));
    await picture(2).ensureAlpha(0.5).png().toFile(path.join(folder, '2.png'));
    await picture(3).toColourspace('rgb16').png().toFile(path.join(folder, '3.png'));
    const turned = await picture(4).rotate(-90).jpeg({ quality: 100 }).withMetadata({ orientation: 6 }).toBuffer();
    await writeFile(path.join(folder, '4.jpg'), turned);
    expect((await see(folder)).codes).toEqual([1, 2, 3, 4]);
  });

  it('a picture of another shape is fitted in without being stretched', async () => {
    const folder = await folderOf('shapes', [1], (n) => `${n}.png`);
    await sharp({ create: { width: 10, height: 10, channels: 3, background: 'white' } }).toFile(
      path.join(folder, '2.png'),
    );
    const source = { path: folder, kind: 'frames' as const };
    const frames = [];
    for await (const frame of decodeFrames({ ...source, ...(await examineVideo(source)) })) frames.push(frame.rgb);
    const row = frames[1]!.subarray(0, CODE.width * 3);
    expect([row[0], row[(CODE.width / 2) * 3], row.at(-1)]).toEqual([0, 255, 0]);
  });

  it('a damaged or empty picture is found at import and named', async () => {
    const folder = await folderOf('damaged', [1, 2, 3], (n) => `${n}.png`);
    const whole = await picture(2).png().toBuffer();
    await writeFile(path.join(folder, '2.png'), whole.subarray(0, whole.length / 2));
    const examining = () => examineVideo({ path: folder, kind: 'frames' });
    await expect(examining()).rejects.toMatchObject({
      code: 'decode-failed',
      message: expect.stringMatching(/2\.png/),
    });
    await writeFile(path.join(folder, '2.png'), '');
    await expect(examining()).rejects.toMatchObject({ message: expect.stringMatching(/2\.png .*empty \(0 bytes\)/) });
  });

  it('can be aborted', async () => {
    const folder = await folderOf('aborted', [1, 2, 3, 4, 5, 6], (n) => `${n}.png`);
    const source = { path: folder, kind: 'frames' as const };
    const examined = await examineVideo(source);
    const abort = new AbortController();
    const frames = decodeFrames({ ...source, ...examined }, { signal: abort.signal });
    await frames.next();
    abort.abort();
    await expect(frames.next()).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('bitmaps', () => {
  function bitmap(bits: number, height: number, pixels: number[], compression = 0): Buffer {
    const header = Buffer.alloc(54);
    header.write('BM');
    header.writeUInt32LE(54, 10);
    header.writeUInt32LE(40, 14);
    header.writeInt32LE(1, 18);
    header.writeInt32LE(height, 22);
    header.writeUInt16LE(bits, 28);
    header.writeUInt32LE(compression, 30);
    return Buffer.concat([header, Buffer.from(pixels)]);
  }

  it('rows go from bottom to top, or from top to bottom with a negative height', () => {
    const rows = [1, 2, 3, 0, 4, 5, 6, 0];
    expect([...readBmp(bitmap(24, 2, rows)).rgb]).toEqual([6, 5, 4, 3, 2, 1]);
    expect([...readBmp(bitmap(24, -2, rows)).rgb]).toEqual([3, 2, 1, 6, 5, 4]);
    expect([...readBmp(bitmap(32, -2, rows)).rgb]).toEqual([3, 2, 1, 6, 5, 4]);
  });

  it('other kinds and cut ones are refused', () => {
    expect(() => readBmp(bitmap(8, 1, [0, 0, 0, 0]))).toThrow(/8 bits/);
    expect(() => readBmp(bitmap(32, 1, [0, 0, 0, 0], 3))).toThrow(/compressed/);
    expect(() => readBmp(bitmap(24, 2, [0, 0, 0, 0]))).toThrow(/cut off/);
    expect(() => readBmp(Buffer.from('no'))).toThrow(/not a bitmap/);
  });
});

const CODE_SIZE = { width: CODE.width, height: CODE.height };
