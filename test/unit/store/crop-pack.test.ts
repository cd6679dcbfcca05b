import { access, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CropPackIndex, FaceOrigin } from '../../../src-main/contract/records.ts';
import { FaceTrack } from '../../../src-main/face/face-track.ts';
import { indexJson } from '../../../src-main/store/crop-pack-format.ts';
import { openCropPack, readCropPackIndex, readPeople } from '../../../src-main/store/crop-pack-reader.ts';
import { CropPackWriter } from '../../../src-main/store/crop-pack-writer.ts';
import { temporaryFolder } from '../../support/media-fixtures.ts';

const SIZE = 32;
const BYTES = SIZE * SIZE * 3;

let folder: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterEach(() => remove());

/** A smooth crop whose brightness says which frame it is. */
function cropOf(frame: number): Uint8Array {
  return Uint8Array.from({ length: BYTES }, (_, i) => 20 + frame * 8 + ((Math.floor(i / 3) % SIZE) >> 1));
}

function indexOf(origins: readonly FaceOrigin[]): CropPackIndex {
  return {
    version: 1,
    videoId: 'v',
    size: SIZE,
    recipe: { size: SIZE },
    faces: 'auto',
    people: [],
    mainPerson: 1,
    coverage: 0.5,
    durationSec: origins.length / 25,
    frames: origins.map((origin, frame) => ({ frame, timeSec: frame / 25, origin, box: null, confidence: 0.5 })),
  };
}

const origins = (letters: string) => [...letters].map((letter) => (letter === 'a' ? 'absent' : 'detected'));

const partsOf = ({ frames, ...head }: CropPackIndex) => ({ head, frames });

async function writePack(letters: string, name = 'v.crops'): Promise<string> {
  const file = path.join(folder, name);
  const index = indexOf(origins(letters));
  const writer = await CropPackWriter.create({ path: file, size: SIZE, quality: 95 });
  for (const { frame, origin } of index.frames) if (origin !== 'absent') await writer.add(cropOf(frame));
  await writer.finish(partsOf(index), []);
  return file;
}

function frameShown(crop: Uint8Array): number {
  return Math.round((crop.reduce((sum, value) => sum + value, 0) / crop.length - 20 - (SIZE / 2 - 1) / 2) / 8);
}

test('every frame comes back as itself, in any order, across strips and gaps', async () => {
  const { pack, index } = await openCropPack(await writePack('aaddddddddddaaaddddddddd'));
  expect(index).toEqual(indexOf(origins('aaddddddddddaaaddddddddd')));
  const frames = [23, 2, 11, 15, 2, 9];
  const crops = await pack.readCrops(frames);
  expect(frames.map((_, i) => frameShown(crops.subarray(i * BYTES, (i + 1) * BYTES)))).toEqual(frames);
  const error = cropOf(15).map((value, i) => Math.abs(value - crops[3 * BYTES + i]!));
  expect(Math.max(...error)).toBeLessThan(8);
});

test('a frame has the same pixels whichever frames it is read with', async () => {
  const { pack } = await openCropPack(await writePack('d'.repeat(24)));
  const alone = await pack.readCrops([10]);
  const among = await pack.readCrops([8, 9, 10, 11, 12, 20]);
  expect(among.subarray(2 * BYTES, 3 * BYTES)).toEqual(alone);
});

test('crops come in the size that is asked for', async () => {
  const { pack } = await openCropPack(await writePack('dddd'));
  const half = await pack.readCrops([0, 3], SIZE / 2);
  expect(half).toHaveLength((2 * BYTES) / 4);
  expect(frameShown(half.subarray(BYTES / 4))).toBe(3);
});

test('a frame without a face and a frame beyond the video are refused by name', async () => {
  const { pack } = await openCropPack(await writePack('dda'));
  await expect(pack.readCrops([2])).rejects.toMatchObject({
    code: 'no-face',
    message: expect.stringContaining('frame 2'),
  });
  await expect(pack.readCrops([3])).rejects.toMatchObject({ code: 'bug' });
});

test('a video without any face has a pack without pictures', async () => {
  const { pack, index } = await openCropPack(await writePack('aaa'));
  expect(index.frames).toHaveLength(3);
  expect(pack.stripCount).toBe(0);
});

test('people and their sights are kept', async () => {
  const track = new FaceTrack();
  const box = { x: 1.5, y: 2, width: 3, height: 4 };
  track.add({ frame: 7, origin: 'tracked', confidence: 0.5, pose: { x: 9, y: 8, a: 7, b: 6 }, box });
  const file = path.join(folder, 'p.crops');
  const writer = await CropPackWriter.create({ path: file, size: SIZE, quality: 95 });
  await writer.finish(partsOf(indexOf([])), [
    { id: 1, track },
    { id: 4, track: FaceTrack.joined([track, track]) },
  ]);
  const people = await readPeople(file);
  expect(people.map(({ id, track: sights }) => [id, [...sights]])).toEqual([
    [1, [track.at(0)]],
    [4, [track.at(0), track.at(0)]],
  ]);
});

test('a pack that was cut off anywhere is refused as damaged, with what to do', async () => {
  const file = await writePack('d'.repeat(20));
  const whole = await readFile(file);
  for (const length of [0, 10, 47, whole.length >> 1, whole.length - 1]) {
    await writeFile(file, whole.subarray(0, length));
    await expect(openCropPack(file)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('v.crops'),
      hint: expect.stringContaining('apexscope prepare'),
    });
  }
});

test('a changed byte is noticed, in the index on opening and in the pictures on reading', async () => {
  const file = await writePack('d'.repeat(20));
  const whole = await readFile(file);
  const damage = async (at: number) => {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 0x10;
    await writeFile(file, bytes);
  };
  await damage(whole.length - 60);
  await expect(readCropPackIndex(file)).rejects.toMatchObject({ code: 'corrupt' });
  await damage(whole.length - 45);
  await expect(readCropPackIndex(file)).rejects.toMatchObject({ code: 'corrupt' });
  await damage(300);
  const { pack } = await openCropPack(file);
  await expect(pack.readCrops([0])).rejects.toMatchObject({ code: 'corrupt' });
  await expect(pack.verify()).rejects.toMatchObject({ code: 'corrupt' });
  await expect(pack.readCrops([17])).resolves.toHaveLength(BYTES);
});

test('no pack is said to be missing', async () => {
  await expect(openCropPack(path.join(folder, 'none.crops'))).rejects.toMatchObject({
    code: 'not-found',
    hint: expect.stringContaining('prepare'),
  });
});

test('a pack that cannot be opened is not said to be missing', async () => {
  const file = path.join(folder, 'a-file');
  await writeFile(file, '');
  await expect(openCropPack(path.join(file, 'p.crops'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test('until it is complete a pack is not there, and discarding leaves nothing', async () => {
  const file = path.join(folder, 'w.crops');
  const writer = await CropPackWriter.create({ path: file, size: SIZE, quality: 95 });
  for (let f = 0; f < 20; f++) await writer.add(cropOf(f));
  await expect(access(file)).rejects.toThrow();
  await writer.discard();
  expect(await readdir(folder)).toEqual([]);
});

test('a place that cannot be written to is named', async () => {
  const options = { path: path.join(folder, 'none', 'v.crops'), size: SIZE, quality: 95 };
  await expect(CropPackWriter.create(options)).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('v.crops'),
  });
});

test('crops of another size, and an index that does not fit the crops, are bugs', async () => {
  const writer = await CropPackWriter.create({ path: path.join(folder, 'x.crops'), size: SIZE, quality: 95 });
  await expect(writer.add(new Uint8Array(5))).rejects.toMatchObject({ code: 'bug' });
  await writer.add(cropOf(0));
  await expect(writer.finish(partsOf(indexOf(origins('dd'))), [])).rejects.toMatchObject({ code: 'bug' });
  await writer.discard();
});

test('the index of a long video is written in pieces and reads as one', () => {
  const index = indexOf(Array.from({ length: 2500 }, () => 'detected'));
  const pieces = [...indexJson(partsOf(index))];
  expect(pieces).toHaveLength(5);
  expect(JSON.parse(pieces.join(''))).toEqual(index);
});

test('writing again replaces the pack', async () => {
  await writePack('dd');
  const file = await writePack('dddd');
  expect((await readCropPackIndex(file)).frames).toHaveLength(4);
  await rm(file);
});
