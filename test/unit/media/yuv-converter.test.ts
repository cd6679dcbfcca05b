import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MediaInfo } from '../../../src-main/contract/records.ts';
import { decodeFrames, type DecodeOptions } from '../../../src-main/media/decode.ts';
import { examineVideo } from '../../../src-main/media/examine.ts';
import type { IndexedSource } from '../../../src-main/media/media-source.ts';
import { isConvertible, YuvConverter } from '../../../src-main/media/yuv-converter.ts';
import { runFfmpeg, temporaryFolder } from '../../support/media-fixtures.ts';

/** Levels by which ffmpeg may round otherwise: on other processors than x86 it has other code for this, untried here. */
const ROUNDING_OF_FFMPEG = process.arch === 'x64' ? 0 : 2;

let folder: string;
let remove: () => Promise<void>;
beforeAll(async () => ({ folder, remove } = await temporaryFolder()));
afterAll(() => remove());

/** Red, green and blue by whole numbers, one sample at a time. */
function referencePixel(y: number, u: number, v: number): number[] {
  const upper = (sample: number, offset: number, factor: number) =>
    Math.floor(((8 * sample - offset) * factor) / 65536);
  const luma = upper(y, 128, 9539);
  const channels = [
    luma + upper(v, 1024, 13075),
    luma + upper(u, 1024, -3209) + upper(v, 1024, -6660),
    luma + upper(u, 1024, 16525),
  ];
  return channels.map((value) => Math.min(255, Math.max(0, value)));
}

describe('the conversion of 4:2:0 pictures', () => {
  const size = { width: 512, height: 512 };

  it.each([0, 77, 255])('is that of single samples, for all luma, all of one chroma and %i in the other', (other) => {
    const converter = new YuvConverter(size);
    const { planes, at } = pictureOf(size, (x, y) => ({ y: y >> 1, u: x >> 1, v: other }));
    const swapped = pictureOf(size, (x, y) => ({ y: y >> 1, u: other, v: x >> 1 }));
    for (const picture of [{ planes, at }, swapped]) {
      const rgb = converter.convert(picture.planes);
      const wrong: unknown[] = [];
      for (let row = 0; row < size.height; row++) {
        for (let x = 0; x < size.width; x++) {
          const { y, u, v } = picture.at(x, row);
          const from = (row * size.width + x) * 3;
          const expected = referencePixel(y, u, v);
          if (expected.some((value, c) => rgb[from + c] !== value)) wrong.push({ x, row, expected });
        }
      }
      expect(wrong).toEqual([]);
    }
  });

  type Samples = { y: number; u: number; v: number };

  function pictureOf({ width, height }: typeof size, at: (x: number, y: number) => Samples) {
    const planes = new Uint8Array(width * height * 1.5);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const chroma = width * height + (y >> 1) * (width / 2) + (x >> 1);
        const samples = at(x, y);
        planes[y * width + x] = samples.y;
        planes[chroma] = samples.u;
        planes[chroma + (width * height) / 4] = samples.v;
      }
    }
    return { planes, at };
  }
});

async function video(name: string, options: readonly string[], picture = '96x64'): Promise<IndexedSource> {
  const file = path.join(folder, name);
  const source = ['-f', 'lavfi', '-i', `testsrc2=s=${picture}:r=25:d=0.4,noise=alls=20:allf=t`];
  await runFfmpeg([...source, '-pix_fmt', 'yuv420p', ...options, '-y', file]);
  return { path: file, kind: 'file', ...(await examineVideo({ path: file, kind: 'file' })) };
}

async function decoded(source: IndexedSource, options: DecodeOptions = {}): Promise<Buffer[]> {
  const pictures: Buffer[] = [];
  for await (const { rgb } of decodeFrames(source, options)) pictures.push(Buffer.from(rgb));
  return pictures;
}

function largestDifference(some: readonly Buffer[], others: readonly Buffer[]): number {
  const [a, b] = [Buffer.concat(some), Buffer.concat(others)];
  expect(a).toHaveLength(b.length);
  return a.reduce((largest, byte, i) => Math.max(largest, Math.abs(byte - b[i]!)), 0);
}

/** Known as a video of another kind, which ffmpeg converts. */
function byFfmpeg({ media, ...source }: IndexedSource): IndexedSource {
  return { ...source, media: { ...media, pixels: undefined } };
}

describe('a video that is decoded as it is stored', () => {
  it('gives the pictures of ffmpeg, kept or overwritten', async () => {
    const source = await video('plain.mp4', []);
    expect(isConvertible(source.media, { width: 96, height: 64 })).toBe(true);
    const expected = await decoded(byFfmpeg(source));
    const kept = await decoded(source);
    expect(kept).toHaveLength(10);
    expect(await decoded(source, { reuse: true })).toEqual(kept);
    expect(largestDifference(kept, expected)).toBeLessThanOrEqual(ROUNDING_OF_FFMPEG);
  });

  it('gives pictures of their own where nothing is to be overwritten', async () => {
    const kept = [];
    for await (const { rgb } of decodeFrames(await video('kept.mp4', []))) kept.push(rgb);
    expect(new Set(kept.map(({ buffer }) => buffer)).size).toBe(10);
    expect(Buffer.compare(Buffer.from(kept[0]!), Buffer.from(kept[9]!))).not.toBe(0);
  });

  it('is left to ffmpeg where colours, pixels or sides are others', async () => {
    const stored = async (name: string, options: readonly string[], picture?: string) =>
      (await video(name, options, picture)).media.pixels;
    expect(await stored('bt709.mp4', ['-colorspace', 'bt709'])).toBeUndefined();
    expect(await stored('full.mp4', ['-pix_fmt', 'yuvj420p'])).toBeUndefined();
    expect(await stored('finer.mp4', ['-pix_fmt', 'yuv444p'])).toBeUndefined();
    expect(await stored('wide-pixels.mp4', ['-aspect', '2:1'])).toBeUndefined();
    expect(await stored('bt601.mp4', ['-colorspace', 'smpte170m', '-color_range', 'tv'])).toBe('yuv420p-bt601');
  });

  it.each([
    ['turned', { rotation: 90 }, {}],
    ['smaller', {}, { width: 48, height: 32 }],
    ['of no whole number of vectors', { width: 104 }, { width: 104 }],
    ['of an odd height', { height: 65 }, { height: 65 }],
    ['stored otherwise', { pixels: undefined }, {}],
  ] as const)('is left to ffmpeg where it is %s', (_, of, asked) => {
    const media = { width: 96, height: 64, rotation: 0, pixels: 'yuv420p-bt601', ...of } as unknown as MediaInfo;
    expect(isConvertible(media, { width: 96, height: 64, ...asked })).toBe(false);
  });
});
