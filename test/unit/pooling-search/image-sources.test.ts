import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCifar } from '../../../src-main/data/image-cifar.ts';
import { readImagePack } from '../../../src-main/data/image-pack.ts';
import { divideByClass, ImageClips, imageVideos, splitImages } from '../../../src-main/data/image-set.ts';
import { readImages } from '../../../src-main/data/image-sources.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { writePictures } from '../../support/labelled-pictures.ts';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'apexscope-images-'));
});

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** Records of CIFAR: label bytes, then red 1, green 2, blue 3 everywhere but at the first place. */
function cifarFile(labels: number[][]): Uint8Array {
  return Uint8Array.from(
    labels.flatMap((label) => [
      ...label,
      ...[9, ...new Array<number>(1023).fill(1)],
      ...new Array<number>(1024).fill(2),
      ...new Array<number>(1024).fill(3),
    ]),
  );
}

function packFile(images: { label: number; jpeg: Uint8Array }[]): Buffer {
  const index = Buffer.alloc(4 + 3 * images.length);
  index.writeUInt32LE(images.length);
  images.forEach(({ label, jpeg }, i) => {
    index.writeUInt8(label, 4 + 3 * i);
    index.writeUInt16LE(jpeg.length, 5 + 3 * i);
  });
  return Buffer.concat([index, ...images.map(({ jpeg }) => jpeg)]);
}

async function greyJpeg(value: number): Promise<Uint8Array> {
  const pixels = new Uint8Array(16 * 16 * 3).fill(value);
  return sharp(pixels, { raw: { width: 16, height: 16, channels: 3 } })
    .jpeg()
    .toBuffer();
}

describe('CIFAR binary files', () => {
  it('are read with their planes woven together, ten classes or a hundred', () => {
    const ten = readCifar(cifarFile([[3], [7]]), 'train', 'data_batch_1.bin');
    expect(ten.classes).toHaveLength(10);
    expect(ten.images).toEqual([
      { label: 3, set: 'train' },
      { label: 7, set: 'train' },
    ]);
    expect(Array.from(ten.pixels.subarray(0, 6))).toEqual([9, 2, 3, 1, 2, 3]);
    expect(ten.pixels).toHaveLength(2 * 32 * 32 * 3);
    const hundred = readCifar(cifarFile([[11, 87]]), 'test', 'test.bin');
    expect(hundred.classes).toHaveLength(100);
    expect(hundred.images[0]).toEqual({ label: 87, set: 'test' });
  });

  it('are refused where they are no whole records or labels are too large', () => {
    expect(() => readCifar(new Uint8Array(5000), null, 'x.bin')).toThrow('not whole records');
    expect(() => readCifar(cifarFile([[200]]), null, 'x.bin')).toThrow('not whole records');
  });

  it('of a folder keep training and test apart', async () => {
    const folder = path.join(dir, 'cifar');
    await mkdir(folder);
    await writeFile(path.join(folder, 'data_batch_1.bin'), cifarFile([[1], [2]]));
    await writeFile(path.join(folder, 'test_batch.bin'), cifarFile([[3]]));
    const set = await readImages(folder, 32);
    expect(set.images.map(({ set: which }) => which)).toEqual(['train', 'train', 'test']);
    await expect(readImages(folder, 48)).rejects.toMatchObject({ code: 'bad-config' });
  });

  it('of two datasets in one folder are refused', async () => {
    const folder = path.join(dir, 'both cifar');
    await mkdir(folder);
    await writeFile(path.join(folder, 'data_batch_1.bin'), cifarFile([[1], [2]]));
    await writeFile(path.join(folder, 'train.bin'), cifarFile([[1, 87]]));
    await expect(readImages(folder, 32)).rejects.toMatchObject({
      code: 'bad-input',
      hint: expect.stringContaining('folders of their own'),
    });
  });
});

describe('packs of pictures', () => {
  it('are decoded in their order, brought to the size', async () => {
    const file = path.join(dir, 'grey-train.jpegs');
    const images = [
      { label: 1, jpeg: await greyJpeg(200) },
      { label: 0, jpeg: await greyJpeg(40) },
    ];
    await writeFile(file, packFile(images));
    const set = await readImages(file, 8);
    expect(set.classes).toEqual(['0', '1']);
    expect(set.images.map(({ label }) => label)).toEqual([1, 0]);
    const clips = new ImageClips(set);
    expect(Math.abs((await clips.readFrames('0', 0, 1, 8))[0]! - 200)).toBeLessThan(4);
    expect(Math.abs((await clips.readFrames('1', 0, 1, 8))[100]! - 40)).toBeLessThan(4);
  });

  it('of a folder are tests by a word of their name, and have the classes of all of them', async () => {
    const folder = path.join(dir, 'packs');
    await mkdir(folder);
    const pack = async (name: string, labels: number[]) => {
      const jpeg = await greyJpeg(90);
      await writeFile(path.join(folder, name), packFile(labels.map((label) => ({ label, jpeg }))));
    };
    await pack('grey-test.jpegs', [0, 1]);
    await pack('latest.jpegs', [0, 2]);
    await pack('test.jpegs', [1]);
    await writeFile(path.join(folder, '._latest.jpegs'), 'what macOS leaves on foreign disks');
    const set = await readImages(folder, 8);
    expect(set.classes).toEqual(['0', '1', '2']);
    expect(set.images).toEqual([
      ...[0, 1].map((label) => ({ label, set: 'test' })),
      ...[0, 2].map((label) => ({ label, set: 'train' })),
      { label: 1, set: 'test' },
    ]);
  });

  it('are refused where sizes do not add up', async () => {
    const whole = packFile([{ label: 1, jpeg: await greyJpeg(1) }]);
    expect(() => readImagePack(whole.subarray(0, -1), 'cut.jpegs')).toThrow('cut.jpegs is not a whole pack');
    expect(() => readImagePack(new Uint8Array(2), 'empty.jpegs')).toThrow('not a whole pack');
  });
});

describe('folders of classes', () => {
  it('are read by the names of their folders', async () => {
    const folder = path.join(dir, 'classes');
    await writePictures(folder, 5, 12);
    const set = await readImages(folder, 8);
    expect(set.classes).toEqual(['blue', 'red']);
    expect(set.images).toHaveLength(10);
    expect(set.pixels).toHaveLength(10 * 8 * 8 * 3);
  });

  it('leave out what is hidden, and files that are no pictures for this program', async () => {
    const folder = path.join(dir, 'hidden');
    await writePictures(folder, 2, 12);
    await writePictures(path.join(folder, '.thumbnails'), 1, 12);
    await writeFile(path.join(folder, 'red', '._000.png'), 'what macOS leaves on foreign disks');
    await writeFile(path.join(folder, 'red', 'drawing.bmp'), 'BM');
    const set = await readImages(folder, 8);
    expect(set.classes).toEqual(['blue', 'red']);
    expect(set.images).toHaveLength(4);
  });

  it('divide into training, validation and test evenly by class, the same with the same seed', () => {
    const images = Array.from({ length: 200 }, (_, i) => ({ label: i % 4, set: null }));
    const set = { classes: ['a', 'b', 'c', 'd'], size: 1, images, pixels: new Uint8Array(600) };
    const split = splitImages(set, new Rng(3));
    expect(splitImages(set, new Rng(3))).toEqual(split);
    const ids = [split.train, split.val, split.test].flatMap((videos) => videos.map(({ id }) => id));
    expect(new Set(ids).size).toBe(200);
    expect([split.train.length, split.val.length, split.test.length]).toEqual([160, 20, 20]);
    const [half, rest] = divideByClass(imageVideos(set), 0.5, new Rng(1));
    for (const label of [0, 1, 2, 3])
      expect(half.filter((video) => video.label === label).length).toBe(rest.filter((v) => v.label === label).length);
  });

  it('are refused with a reason where there are no classes, or nothing at all', async () => {
    const empty = path.join(dir, 'empty');
    await mkdir(empty);
    await expect(readImages(empty, 8)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(readImages(path.join(dir, 'nowhere'), 8)).rejects.toMatchObject({ code: 'not-found' });
  });
});
