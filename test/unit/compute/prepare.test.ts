import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Progress } from '../../../src-main/contract/progress.ts';
import type { CropPackIndex } from '../../../src-main/contract/records.ts';
import { packPathOf } from '../../../src-main/compute/prepare-video.ts';
import { prepareVideos, type PrepareResult } from '../../../src-main/compute/prepare.ts';
import { openFaceDetector } from '../../../src-main/face/detector.ts';
import { anchorPoints, CANONICAL_POINTS } from '../../../src-main/face/landmarks.ts';
import type { Picture } from '../../../src-main/face/picture.ts';
import { toPicture } from '../../../src-main/face/pose.ts';
import { openCropPack, readPeople } from '../../../src-main/store/crop-pack-reader.ts';
import { faceRuns } from '../../../src-main/store/pack-clip-source.ts';
import { temporaryFolder } from '../../support/media-fixtures.ts';
import { CLOSE, FURTHER, lookAt, NOBODY, panOver, readPhoto } from '../face/photo-clip.ts';
import { makeVideo, requestFor, type Fixture } from './prepare-fixtures.ts';

const SIZE = 128;

let folder: string;
let remove: () => Promise<void>;
let crops: string;
let short: Fixture;
let videos: Record<'pan' | 'pair' | 'away' | 'nobody' | 'single' | 'broken', Fixture>;
let first: PrepareResult;
const progress: Progress[] = [];

const packOf = (id: string, from = crops) => openCropPack(packPathOf(from, id));
const originsOf = ({ frames }: CropPackIndex) => frames.map(({ origin }) => origin[0]).join('');

/** Half a second of the face, a second of blinds, half a second of the face again. */
function leaving(photo: Picture): Picture[] {
  const [face, blinds] = [panOver(photo, { from: CLOSE, to: FURTHER }, 13), lookAt(photo, NOBODY)];
  return [...face, ...Array.from({ length: 25 }, () => blinds), ...face];
}

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  crops = path.join(folder, 'crops');
  const [four, five] = [await readPhoto(6), await readPhoto(5)];
  const pair = panOver(five, { from: { x: 0.62, y: 0.2, side: 0.4 }, to: { x: 0.64, y: 0.22, side: 0.42 } }, 25, 320);
  const pan = await makeVideo(folder, 'pan', panOver(four, { from: CLOSE, to: FURTHER }, 30));
  short = await makeVideo(folder, 'short', panOver(four, { from: CLOSE, to: FURTHER }, 10));
  videos = {
    pan,
    pair: await makeVideo(folder, 'pair', pair),
    away: await makeVideo(folder, 'away', leaving(four)),
    nobody: await makeVideo(folder, 'nobody', Array<Picture>(12).fill(lookAt(four, NOBODY))),
    single: await makeVideo(folder, 'single', [lookAt(four, CLOSE)]),
    broken: { ...pan, id: 'broken', path: path.join(folder, 'broken.mp4') },
  };
  await writeFile(videos.broken.path, (await readFile(pan.path)).subarray(0, 3000));
  await mkdir(crops);
  await writeFile(`${packPathOf(crops, 'pan')}.part`, 'left behind by a killed job');
  first = await prepareVideos(requestFor(Object.values(videos), crops), { onProgress: (p) => progress.push(p) });
});

afterAll(() => remove());

test('one bad video is reported with the reason, and the rest goes on', () => {
  expect(first).toMatchObject({ prepared: 5, alreadyPrepared: 0, frames: 30 + 25 + 51 + 12 + 1 });
  expect(first.quarantined).toMatchObject([{ path: videos.broken.path, code: 'decode-failed' }]);
  expect(first.quarantined[0]!.reason).not.toContain('broken.mp4');
  expect(first.withoutFace).toEqual([videos.nobody.path]);
});

test('progress never goes back and ends at the total', () => {
  const done = progress.map((report) => report.done);
  expect(done).toEqual(done.toSorted((one, other) => one - other));
  expect(progress.at(-1)).toMatchObject({ stage: 'prepare', done: progress.at(-1)!.total });
  expect(progress.at(-1)!.detail).toContain('6 of 6 videos');
});

test('a real face is found and cropped: eyes at the canonical places in every frame', async () => {
  const { index, pack } = await packOf('pan');
  expect(index.coverage).toBe(1);
  expect(originsOf(index)).toMatch(/^d[dt]+d$/);
  const detector = openFaceDetector({ threads: 1 });
  const margin = Number(index.recipe.margin);
  const canonical = { x: SIZE / 2, y: SIZE / 2, a: SIZE / (1 + 2 * margin), b: 0 };
  const expected = toPicture(canonical, CANONICAL_POINTS);
  for (const frame of [0, 9, 17, 23, 29]) {
    const crop = { width: SIZE, height: SIZE, rgb: await pack.readCrops([frame]) };
    const found = anchorPoints((await detector.follow(crop, canonical))!.landmarks);
    for (let i = 0; i < 4; i++) expect(Math.abs(found[i]! - expected[i]!)).toBeLessThan(0.05 * SIZE);
  }
  await detector.close();
});

test('packs are small: at most about 6 KB a frame', async () => {
  const { length } = await readFile(packPathOf(crops, 'pan'));
  expect(length / 30).toBeLessThan(6 * 1024);
});

test('a face that leaves is absent meanwhile, returns as the same person, and clips do not span the absence', async () => {
  const { index } = await packOf('away');
  expect(originsOf(index)).toMatch(/^[dt]{13}a{25}[dt]{13}$/);
  expect(index.coverage).toBeCloseTo(26 / 51, 10);
  expect(index.people[0]!.share).toBeCloseTo(26 / 51, 10);
  expect(faceRuns(index)).toEqual([
    { start: 0, end: 13 },
    { start: 38, end: 51 },
  ]);
  for (const frame of index.frames.slice(13, 38)) expect(frame).toMatchObject({ box: null, confidence: 0 });
});

test('a video without a face has every frame, all absent', async () => {
  const { index, pack } = await packOf('nobody');
  expect(index).toMatchObject({ coverage: 0, mainPerson: null, people: [] });
  expect(originsOf(index)).toBe('a'.repeat(12));
  await expect(pack.readCrops([0])).rejects.toMatchObject({ code: 'no-face' });
});

test('a video of one frame has one crop', async () => {
  const { index, pack } = await packOf('single');
  expect(originsOf(index)).toBe('d');
  expect(await pack.readCrops([0])).toHaveLength(SIZE * SIZE * 3);
});

test('what is there is kept, whole', async () => {
  const before = await readFile(packPathOf(crops, 'pan'));
  const again = await prepareVideos(requestFor([videos.pan, videos.away, videos.nobody], crops));
  expect(again).toMatchObject({ prepared: 0, alreadyPrepared: 3, withoutFace: [videos.nobody.path] });
  expect(await readFile(packPathOf(crops, 'pan'))).toEqual(before);
  expect((await readdir(crops)).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a damaged pack, and one of another size, are made again', async () => {
  const single = requestFor([videos.single], crops);
  const file = packPathOf(crops, 'single');
  const whole = await readFile(file);
  const damaged = Buffer.from(whole);
  damaged[400]! ^= 1;
  await writeFile(file, damaged);
  expect(await prepareVideos(single)).toMatchObject({ prepared: 1, alreadyPrepared: 0 });
  expect(await readFile(file)).toEqual(whole);
  expect(await prepareVideos({ ...single, size: 64 })).toMatchObject({ prepared: 1 });
  expect((await packOf('single')).pack.size).toBe(64);
});

test('another person can be chosen, out of the people that are stored', async () => {
  const { index } = await packOf('pair');
  expect(index.people.length).toBeGreaterThan(1);
  const other = index.people.find(({ id }) => id !== index.mainPerson)!.id;
  const peopleBefore = await readPeople(packPathOf(crops, 'pair'));
  const request = requestFor([videos.pair], crops, { persons: new Map([['pair', other]]) });
  const counted: Progress[] = [];
  expect(await prepareVideos(request, { onProgress: (p) => counted.push(p) })).toMatchObject({ prepared: 1 });
  const changed = (await packOf('pair')).index;
  expect(changed.mainPerson).toBe(other);
  expect(changed.people).toEqual(index.people);
  expect(changed.frames[10]!.box!.x).not.toBeCloseTo(index.frames[10]!.box!.x, 0);
  const peopleAfter = await readPeople(packPathOf(crops, 'pair'));
  expect(peopleAfter.map(({ track }) => [...track])).toEqual(peopleBefore.map(({ track }) => [...track]));
  // One pass instead of two: the people were not sought again.
  expect(Math.max(...counted.slice(0, -1).map(({ done }) => done), 0)).toBeLessThanOrEqual(25);
});

test('a person that is not there is refused with those that are', async () => {
  const request = requestFor([short], path.join(folder, 'other'), { persons: new Map([['short', 9]]) });
  const { quarantined, prepared } = await prepareVideos(request);
  expect(prepared).toBe(0);
  expect(quarantined).toMatchObject([{ code: 'not-found', reason: expect.stringContaining('no person 9') }]);
});

test('a crops folder that cannot be written fails the job at once, not every video', async () => {
  const inside = path.join(videos.pan.path, 'crops');
  await expect(prepareVideos(requestFor([videos.pan, videos.away], inside))).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('Cannot write'),
  });
});

test('face crops are taken as they are: centre square, every frame detected', async () => {
  const wide = await readPhoto(6, 192);
  const video = await makeVideo(folder, 'wide', Array<Picture>(5).fill({ ...wide, ...evenSize(wide) }));
  await prepareVideos(requestFor([{ ...video, faces: 'cropped' }], crops, { size: 64 }));
  const { index, pack } = await packOf('wide');
  expect(index).toMatchObject({ faces: 'cropped', coverage: 1, people: [] });
  expect(originsOf(index)).toBe('ddddd');
  const height = video.media.height;
  expect(index.frames[0]).toMatchObject({
    confidence: 1,
    box: { x: (192 - height) / 2, y: 0, width: height, height },
  });
  expect(await pack.readCrops([4])).toHaveLength(64 * 64 * 3);
});

/** h264 wants even sides: a row is cut off where there are odd many. */
function evenSize({ width, height, rgb }: Picture): Picture {
  const rows = height - (height % 2);
  return { width, height: rows, rgb: rgb.subarray(0, width * rows * 3) };
}

test('aborting stops at once and leaves no unfinished pack', async () => {
  const target = path.join(folder, 'aborted');
  const controller = new AbortController();
  const work = prepareVideos(requestFor([videos.pan, videos.pair], target), { signal: controller.signal });
  const stopped = expect(work).rejects.toMatchObject({ code: 'aborted' });
  await sleep(700);
  const abortedAt = performance.now();
  controller.abort();
  await stopped;
  expect(performance.now() - abortedAt).toBeLessThan(1500);
  expect((await readdir(target)).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('killed in the middle, it continues to the same packs', async () => {
  const names = ['k1', 'k2', 'k3'];
  const files = names.map((name) => path.join(folder, `${name}.mp4`));
  for (const file of files) await copyFile(short.path, file);
  const target = path.join(folder, 'killed');
  const script = path.join(import.meta.dirname, 'prepare-until-killed.ts');
  const child = spawn(process.execPath, [script, target, ...files], { stdio: 'ignore' });
  const packs = async () => (await readdir(target).catch(() => [])).filter((name) => name.endsWith('.crops'));
  while (child.exitCode === null && (await packs()).length === 0) await sleep(20);
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  const done = (await packs()).length;
  expect(done).toBeGreaterThan(0);
  const copies = names.map((id, i) => ({ ...short, id, path: files[i]! }));
  const rest = await prepareVideos(requestFor(copies, target));
  expect(rest).toMatchObject({ prepared: 3 - done, alreadyPrepared: done, quarantined: [] });
  const undisturbed = path.join(folder, 'undisturbed');
  await prepareVideos(requestFor([short], undisturbed));
  const { index } = await packOf('short', undisturbed);
  for (const id of names) expect((await packOf(id, target)).index).toEqual({ ...index, videoId: id });
  expect((await readdir(target)).sort()).toEqual(names.map((id) => `${id}.crops`));
});
