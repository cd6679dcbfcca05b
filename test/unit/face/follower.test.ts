import { expect, test } from 'vitest';
import type { DetectedFace, FaceDetector, Glimpse } from '../../../src-main/face/detector.ts';
import { FaceFollower } from '../../../src-main/face/follower.ts';
import type { Picture } from '../../../src-main/face/picture.ts';
import { uprightPose } from '../../../src-main/face/pose.ts';
import { Rng } from '../../../src-main/data/rng.ts';

const FPS = 25;
const SIDE = 30;

/** Where a face is at a frame; null: nowhere. */
type Walk = (frame: number) => { x: number; y: number } | null;

/** A world of textured squares that walk, and a detector that knows where they are at the frame it is shown. */
class World {
  readonly asked = { scan: 0, glance: 0, follow: 0, describe: 0 };
  readonly #walks: readonly Walk[];
  readonly #textures: Uint8Array[];
  readonly #frameOf = new Map<Picture, number>();

  constructor(...walks: Walk[]) {
    this.#walks = walks;
    this.#textures = walks.map((_, i) => {
      const rng = new Rng(i + 1);
      return Uint8Array.from({ length: SIDE * SIDE }, () => rng.integer(256));
    });
  }

  picture(frame: number): Picture {
    const [width, height] = [200, 100];
    const rgb = new Uint8Array(width * height * 3).fill(120);
    this.#walks.forEach((walk, w) => {
      const place = walk(frame);
      for (let i = 0; place && i < SIDE * SIDE; i++) {
        const x = Math.round(place.x - SIDE / 2) + (i % SIDE);
        const y = Math.round(place.y - SIDE / 2) + Math.floor(i / SIDE);
        rgb.fill(this.#textures[w]![i]!, (y * width + x) * 3, (y * width + x + 1) * 3);
      }
    });
    const picture = { width, height, rgb };
    this.#frameOf.set(picture, frame);
    return picture;
  }

  get detector(): FaceDetector {
    return {
      scan: (picture) => this.#count('scan', this.#faces(picture)),
      glance: (picture) => this.#count('glance', this.#large(picture)),
      follow: (picture, near) => {
        const inReach = ({ pose }: DetectedFace) => Math.hypot(pose.x - near.x, pose.y - near.y) < SIDE;
        return this.#count('follow', this.#faces(picture).find(inReach) ?? null);
      },
      describe: () => this.#count('describe', new Float32Array(128)),
      close: () => Promise.resolve(),
    };
  }

  /** Glances miss the walkers from the third on. */
  #large(picture: Picture): Glimpse[] {
    return this.#faces(picture, 2).map(({ pose }) => ({ x: pose.x, y: pose.y, score: 0.9 }));
  }

  #count<T>(what: keyof World['asked'], answer: T): Promise<T> {
    this.asked[what]++;
    return Promise.resolve(answer);
  }

  #faces(picture: Picture, most = Infinity): DetectedFace[] {
    return this.#walks.slice(0, most).flatMap((walk) => {
      const place = walk(this.#frameOf.get(picture)!);
      if (!place) return [];
      const box = { x: place.x - SIDE / 2, y: place.y - SIDE / 2, width: SIDE, height: SIDE };
      const landmarks = new Float32Array(136);
      return [{ box, pose: uprightPose(place.x, place.y, SIDE), confidence: 0.9, landmarks }];
    });
  }
}

/** @returns of each piece its first and last frame and how many frames of it are known */
async function follow(world: World, frames: number) {
  const follower = new FaceFollower(world.detector);
  for (let f = 0; f < frames; f++) await follower.add({ frame: f, timeSec: f / FPS, picture: world.picture(f) });
  const tracklets = await follower.finish();
  return tracklets.map(({ track }) => ({
    first: track.at(0).frame,
    last: track.at(-1).frame,
    known: track.count,
    sights: [...track],
  }));
}

const still: Walk = () => ({ x: 60, y: 50 });
const drift: Walk = (f) => ({ x: 40 + f, y: 50 });

test('a steady face of 4 s costs one scan, a few glances and 20 looks, and every frame of it is known', async () => {
  const world = new World(drift);
  const [piece, ...others] = await follow(world, 100);
  expect(others).toEqual([]);
  expect(piece).toMatchObject({ first: 0, last: 99, known: 100 });
  expect(world.asked).toEqual({ scan: 1, glance: 3, follow: 20, describe: 0 });
  for (const { frame, pose } of piece!.sights) expect(pose.x).toBeCloseTo(40 + frame, 4);
});

test('frames between two looks count as tracked, and less sure', async () => {
  const [piece] = await follow(new World(drift), 21);
  expect(piece!.sights.map(({ origin }) => origin[0]).join('')).toBe('dttttdttttdttttdttttd');
  for (const { confidence } of piece!.sights) expect(confidence).toBeLessThanOrEqual(0.9 + 1e-6);
});

test('where the face did not move in a line the frames in between are looked at themselves', async () => {
  const jump: Walk = (f) => ({ x: f % 5 === 0 ? 60 : 72, y: 50 });
  const world = new World(jump);
  const [piece] = await follow(world, 11);
  expect(piece).toMatchObject({ known: 11 });
  for (const { frame, pose } of piece!.sights) expect(pose.x).toBe(jump(frame)!.x);
  expect(piece!.sights.filter(({ origin }) => origin === 'detected').length).toBeGreaterThan(3);
});

test('a face that appears between two glances is found back to its first frame at the anchors', async () => {
  const appears: Walk = (f) => (f < 12 ? null : { x: 100, y: 50 });
  const [, piece] = await follow(new World(still, appears), 100);
  expect(piece!.first).toBe(15);
  expect(piece!.last).toBe(99);
});

test('one that glances miss is found by the next scan, and back as far as anchors are kept', async () => {
  const appears: Walk = (f) => (f < 23 ? null : { x: 150, y: 50 });
  const [, piece] = await follow(new World(still, () => null, appears), 300);
  expect(piece!.first).toBe(180);
  expect(piece!.last).toBe(299);
});

test('a face alone that appears is found to the very frame', async () => {
  const appears: Walk = (f) => (f < 23 ? null : { x: 100, y: 50 });
  const [piece] = await follow(new World(appears), 60);
  expect(piece).toMatchObject({ first: 23, last: 59, known: 37 });
});

test('a face that leaves is followed to its last frame, and its return is a new piece', async () => {
  const away: Walk = (f) => (f >= 38 && f < 62 ? null : { x: 100, y: 50 });
  const pieces = await follow(new World(away), 100);
  expect(pieces.map(({ first, last }) => [first, last])).toEqual([
    [0, 37],
    [62, 99],
  ]);
});

test('a face covered for three frames leaves a gap of three frames in one piece', async () => {
  const covered: Walk = (f) => (f >= 11 && f < 14 ? null : { x: 100, y: 50 });
  const [piece, ...others] = await follow(new World(covered), 40);
  expect(others).toEqual([]);
  expect(piece!.sights.map(({ frame }) => frame)).not.toEqual(expect.arrayContaining([12]));
  expect(piece!.known).toBe(37);
});

test('two people side by side are two pieces', async () => {
  const pieces = await follow(new World(still, () => ({ x: 130, y: 50 })), 50);
  expect(pieces.map(({ known }) => known)).toEqual([50, 50]);
});

test('nobody: a glance at every anchor half a second after a scan, and few scans', async () => {
  const world = new World(() => null);
  expect(await follow(world, 100)).toEqual([]);
  expect(world.asked.scan).toBe(2);
  expect(world.asked.glance).toBe(15);
});

test('things that only look like faces do not cause more than two scans a second', async () => {
  const world = new World(() => null);
  const { detector } = world;
  const mistaken = { ...detector, glance: () => Promise.resolve([{ x: 50, y: 50, score: 0.9 }]) };
  const follower = new FaceFollower(mistaken);
  for (let f = 0; f < 100; f++) await follower.add({ frame: f, timeSec: f / FPS, picture: world.picture(f) });
  expect(world.asked.scan).toBeLessThanOrEqual(8);
});

test('a video of one frame gives one sight', async () => {
  expect(await follow(new World(still), 1)).toMatchObject([{ first: 0, last: 0, known: 1 }]);
});

test('at 5 frames a second every frame is looked at', async () => {
  const follower = new FaceFollower(new World(still).detector);
  const world = new World(still);
  const slow = new FaceFollower(world.detector);
  for (let f = 0; f < 10; f++) await slow.add({ frame: f, timeSec: f / 5, picture: world.picture(f) });
  expect([...(await slow.finish())[0]!.track].every(({ origin }) => origin === 'detected')).toBe(true);
  expect(await follower.finish()).toEqual([]);
});
