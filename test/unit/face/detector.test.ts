import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALIGN_SETTINGS, alignFrames } from '../../../src-main/face/align.ts';
import { cropRegion } from '../../../src-main/face/crop.ts';
import { openFaceDetector, type FaceDetector } from '../../../src-main/face/detector.ts';
import { FaceFollower } from '../../../src-main/face/follower.ts';
import { anchorPoints, CANONICAL_POINTS } from '../../../src-main/face/landmarks.ts';
import { gatherPeople, mainPerson, summarise } from '../../../src-main/face/people.ts';
import type { Picture } from '../../../src-main/face/picture.ts';
import { poseSide, scalePose, toPicture } from '../../../src-main/face/pose.ts';
import { CLOSE, FURTHER, lookAt, NOBODY, panOver, readPhoto } from './photo-clip.ts';

let detector: FaceDetector;
let group: Picture;
let photo: Picture;

beforeAll(async () => {
  detector = openFaceDetector({ threads: 1 });
  group = await readPhoto(5, 640);
  photo = await readPhoto(6);
});

afterAll(() => detector.close());

test('all five faces of a group photo are found, with their landmarks inside their boxes', async () => {
  const faces = await detector.scan(group);
  expect(faces).toHaveLength(5);
  for (const { box, landmarks, confidence } of faces) {
    expect(confidence).toBeGreaterThan(0.5);
    const points = anchorPoints(landmarks);
    for (let i = 0; i < points.length; i += 2) {
      expect(points[i]).toBeGreaterThan(box.x);
      expect(points[i]).toBeLessThan(box.x + box.width);
      expect(points[i + 1]).toBeGreaterThan(box.y);
      expect(points[i + 1]).toBeLessThan(box.y + box.height);
    }
  }
});

test('a look from a quarter of a face away finds the place of the scan again', async () => {
  for (const { pose } of (await detector.scan(group)).slice(0, 3)) {
    const side = poseSide(pose);
    const found = await detector.follow(group, { ...pose, x: pose.x + side / 4, y: pose.y - side / 4 });
    expect(Math.hypot(found!.pose.x - pose.x, found!.pose.y - pose.y)).toBeLessThan(0.05 * side);
    expect(poseSide(found!.pose) / side).toBeCloseTo(1, 1);
  }
});

test('where nobody is, nobody is found', async () => {
  const blinds = lookAt(photo, NOBODY);
  expect(await detector.scan(blinds)).toEqual([]);
  expect(await detector.glance(blinds)).toEqual([]);
  expect(await detector.follow(blinds, { x: 128, y: 128, a: 100, b: 0 })).toBeNull();
});

test('descriptors are close for one person in two sizes, and far for another person', async () => {
  const [one, other] = await detector.scan(group);
  const portrait = (pose = one!.pose, factor = 1.2) => ({
    ...{ width: 150, height: 150 },
    rgb: cropRegion(group, scalePose(pose, factor), 150),
  });
  const describe = async (picture: Picture) => [...(await detector.describe(picture))];
  const [a, again, b] = [
    await describe(portrait()),
    await describe(portrait(one!.pose, 1.3)),
    await describe(portrait(other!.pose)),
  ];
  const distance = (x: number[], y: number[]) => Math.hypot(...x.map((value, i) => value - y[i]!));
  expect(distance(a, again)).toBeLessThan(0.4);
  expect(distance(a, b)).toBeGreaterThan(0.45);
});

test('a clip of a real face: covered from end to end, and the face stands still in its crops', async () => {
  const frames = panOver(photo, { from: CLOSE, to: FURTHER }, 50);
  const timesSec = Float64Array.from(frames, (_, i) => i / 25);
  const follower = new FaceFollower(detector);
  for (const [frame, picture] of frames.entries()) await follower.add({ frame, timeSec: timesSec[frame]!, picture });
  const people = await gatherPeople(await follower.finish(), timesSec, (face) => detector.describe(face));
  const main = mainPerson(people.map((person) => summarise(person, frames.length)));
  const { track } = people.find(({ id }) => id === main)!;
  const aligned = alignFrames(track, timesSec, ALIGN_SETTINGS);
  expect(aligned.coverage).toBe(1);
  for (const frame of [0, 13, 24, 37, 49]) {
    const crop = { width: 256, height: 256, rgb: cropRegion(frames[frame]!, aligned.at(frame).region!, 256) };
    const canonical = { x: 128, y: 128, a: 256 / (1 + 2 * ALIGN_SETTINGS.margin), b: 0 };
    const face = await detector.follow(crop, canonical);
    const [found, expected] = [anchorPoints(face!.landmarks), toPicture(canonical, CANONICAL_POINTS)];
    // Eyes within 5 % of the side of the crop; nose and mouth differ more from face to face.
    for (let i = 0; i < 4; i++) expect(Math.abs(found[i]! - expected[i]!)).toBeLessThan(0.05 * 256);
  }
});

test('aborting ends open questions and the detector', async () => {
  const controller = new AbortController();
  const stopped = openFaceDetector({ threads: 1, signal: controller.signal });
  const open = stopped.scan(group);
  controller.abort();
  await expect(open).rejects.toMatchObject({ code: 'aborted' });
  await expect(stopped.glance(group)).rejects.toMatchObject({ code: 'aborted' });
});
