import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CropPackIndex, VideoRecord } from '../../../src-main/contract/records.ts';
import { CropPackWriter } from '../../../src-main/store/crop-pack-writer.ts';
import { clipVideoOf, faceRuns, PackClipSource } from '../../../src-main/store/pack-clip-source.ts';
import { temporaryFolder } from '../../support/media-fixtures.ts';

const SIZE = 32;
const FRAMES = 20;

let folder: string;
let remove: () => Promise<void>;
const packPath = (videoId: string) => path.join(folder, `${videoId}.crops`);

beforeEach(async () => {
  ({ folder, remove } = await temporaryFolder());
  await writePack('one');
});
afterEach(() => remove());

function indexWith(letters: string): CropPackIndex {
  return {
    ...{ version: 1, videoId: 'one', size: SIZE, recipe: {}, faces: 'auto', people: [], mainPerson: 1 },
    coverage: 0.9,
    durationSec: 0.8,
    frames: [...letters].map((letter, frame) => ({
      ...{ frame, timeSec: frame / 25, box: null, confidence: 0 },
      origin: letter === 'a' ? 'absent' : 'tracked',
    })),
  };
}

const partsOf = ({ frames, ...head }: CropPackIndex) => ({ head, frames });

async function writePack(videoId: string): Promise<void> {
  const writer = await CropPackWriter.create({ path: packPath(videoId), size: SIZE, quality: 95 });
  for (let f = 0; f < FRAMES; f++) await writer.add(new Uint8Array(SIZE * SIZE * 3).fill(f * 10));
  await writer.finish(partsOf(indexWith('d'.repeat(FRAMES))), []);
}

test('a clip is [t,h,w,c] of the asked size, in the order of frames', async () => {
  const clip = await new PackClipSource({ packPath }).readFrames('one', 5, 9, 16);
  expect(clip).toHaveLength(9 * 16 * 16 * 3);
  for (let t = 0; t < 9; t++) expect(Math.abs(clip[t * 16 * 16 * 3 + 400]! - (5 + t) * 10)).toBeLessThan(4);
});

test('what fits in memory is read from disk once', async () => {
  const source = new PackClipSource({ packPath });
  const before = await source.readFrames('one', 0, FRAMES, 16);
  await rm(packPath('one'));
  expect(await source.readFrames('one', 0, FRAMES, 16)).toEqual(before);
});

test('beyond the limit crops are read from disk each time, and are the same', async () => {
  const strip = 8 * 16 * 16 * 3;
  const source = new PackClipSource({ packPath, cacheBytes: strip });
  const before = await source.readFrames('one', 0, 8, 16);
  const beyond = await source.readFrames('one', 8, 8, 16);
  expect(await source.readFrames('one', 8, 8, 16)).toEqual(beyond);
  await rm(packPath('one'));
  expect(await source.readFrames('one', 0, 8, 16)).toEqual(before);
  await expect(source.readFrames('one', 8, 8, 16)).rejects.toMatchObject({ code: 'not-found' });
});

test('a pack that is made later is found then', async () => {
  const source = new PackClipSource({ packPath });
  await expect(source.readFrames('two', 0, 1, 16)).rejects.toMatchObject({ code: 'not-found' });
  await writePack('two');
  await expect(source.readFrames('two', 0, 1, 16)).resolves.toHaveLength(16 * 16 * 3);
});

test('runs are the stretches that show a face', () => {
  expect(faceRuns(indexWith('aaddaddda'))).toEqual([
    { start: 2, end: 4 },
    { start: 5, end: 8 },
  ]);
  expect(faceRuns(indexWith('aaa'))).toEqual([]);
  expect(faceRuns(indexWith('d'))).toEqual([{ start: 0, end: 1 }]);
});

test('a prepared video is described for training', () => {
  const record: VideoRecord = {
    ...{ id: 'one', path: 'a/b.mp4', kind: 'file', label: 'happy', subject: 's1', performance: null },
    ...{ declaredSplit: null, moment: { startSec: 0.1, endSec: 0.3 }, attributes: {}, sizeBytes: 1, contentHash: '' },
    media: {
      ...{ kind: 'file', codec: 'h264', width: 64, height: 64, rotation: 0, durationSec: 0.8, frameCount: 4 },
      ...{ averageFps: 25, variableFrameRate: false, startSec: 0 },
    },
  };
  expect(clipVideoOf(record, indexWith('adda'), 3)).toEqual({
    ...{ id: 'one', path: 'a/b.mp4', label: 3, subject: 's1', runs: [{ start: 1, end: 3 }] },
    timesSec: Float64Array.of(0, 0.04, 0.08, 0.12),
    ...{ durationSec: 0.8, faceCoverage: 0.9, moment: { startSec: 0.1, endSec: 0.3 } },
  });
});
