import { expect, test } from 'vitest';
import type { PersonTrack } from '../../../src-main/contract/records.ts';
import { FaceTrack } from '../../../src-main/face/face-track.ts';
import type { Tracklet } from '../../../src-main/face/follower.ts';
import { gatherPeople, mainPerson, summarise } from '../../../src-main/face/people.ts';
import type { Picture } from '../../../src-main/face/picture.ts';

const TIMES = Float64Array.from({ length: 200 }, (_, i) => i / 25);

/** A face at x from one frame to another; `looks` is what its portrait shows. */
function seen(from: number, to: number, x: number, looks: number): Tracklet {
  const track = new FaceTrack();
  for (let frame = from; frame <= to; frame++)
    track.add({
      frame,
      origin: 'detected',
      confidence: 0.9,
      pose: { x, y: 50, a: 40, b: 0 },
      box: { x: x - 20, y: 30, width: 40, height: 40 },
    });
  return { track, portrait: { width: 1, height: 1, rgb: Uint8Array.of(looks, 0, 0) } };
}

/** Looks that differ by 10 or more are of other people. */
const describe = (portrait: Picture) => Promise.resolve(Float32Array.of(portrait.rgb[0]! / 20, 0));

async function framesOfPeople(tracklets: Tracklet[], times = TIMES): Promise<Record<number, string>> {
  const people = await gatherPeople(tracklets, times, describe);
  return Object.fromEntries(people.map(({ id, track }) => [id, `${track.at(0).frame}-${track.at(-1).frame}`]));
}

test('a person who comes back elsewhere keeps the id, by looks', async () => {
  expect(await framesOfPeople([seen(0, 40, 50, 1), seen(120, 199, 400, 2)])).toEqual({ 1: '0-199' });
});

test('another face at another time and place is another person', async () => {
  expect(await framesOfPeople([seen(0, 40, 50, 1), seen(120, 199, 400, 90)])).toEqual({ 1: '0-40', 2: '120-199' });
});

test('a face lost for less than a second at its place is the same, whatever it looks like', async () => {
  expect(await framesOfPeople([seen(0, 40, 50, 1), seen(60, 99, 55, 90)])).toEqual({ 1: '0-99' });
});

test('two faces in the picture at one time are two people, however alike', async () => {
  expect(await framesOfPeople([seen(0, 100, 50, 1), seen(50, 199, 400, 1)])).toEqual({ 1: '0-100', 2: '50-199' });
});

test('ids count in the order of appearance, not of loss', async () => {
  expect(await framesOfPeople([seen(30, 60, 400, 90), seen(0, 199, 50, 1)])).toEqual({ 1: '0-199', 2: '30-60' });
});

test('a face seen in a single frame of a video counts only where there is one frame', async () => {
  expect(await framesOfPeople([seen(0, 199, 50, 1), seen(20, 20, 400, 90)])).toEqual({ 1: '0-199' });
  expect(await framesOfPeople([seen(0, 0, 50, 1)], TIMES.slice(0, 1))).toEqual({ 1: '0-0' });
});

test('one person needs no portrait', async () => {
  const never = () => Promise.reject(new Error('asked'));
  expect(await gatherPeople([seen(0, 9, 50, 1)], TIMES, never)).toHaveLength(1);
  expect(await gatherPeople([], TIMES, never)).toEqual([]);
});

test('the main person has the largest product of share, size and confidence', () => {
  const person = (id: number, share: number, meanBoxSize: number, meanConfidence = 1): PersonTrack => ({
    ...{ id, share, meanBoxSize, meanConfidence },
  });
  expect(mainPerson([person(1, 1, 40), person(2, 0.5, 90)])).toBe(2);
  expect(mainPerson([person(1, 1, 40), person(2, 0.9, 44, 0.5)])).toBe(1);
  expect(mainPerson([person(2, 1, 40), person(1, 1, 40)])).toBe(1);
  expect(mainPerson([])).toBeNull();
});

test('a summary counts the share of all frames', async () => {
  const [person] = await gatherPeople([seen(0, 49, 50, 1)], TIMES, describe);
  const summary = summarise(person!, 200);
  expect(summary).toMatchObject({ id: 1, share: 0.25, meanBoxSize: 40 });
  expect(summary.meanConfidence).toBeCloseTo(0.9, 5);
});
