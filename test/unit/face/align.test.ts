import { expect, test } from 'vitest';
import { ALIGN_SETTINGS, alignFrames as alignAll, type AlignSettings } from '../../../src-main/face/align.ts';
import type { AlignedFrame } from '../../../src-main/face/aligned-frames.ts';
import { FaceTrack, type Sight } from '../../../src-main/face/face-track.ts';

function alignFrames(track: FaceTrack | null, timesSec: Float64Array, settings: AlignSettings): AlignedFrame[] {
  return [...alignAll(track, timesSec, settings)];
}

const RAW = { ...ALIGN_SETTINGS, smoothSec: 1e-6, margin: 0 };

function sightAt(frame: number, x: number): Sight {
  const box = { x: x - 10, y: 40, width: 20, height: 25 };
  return { frame, origin: 'detected', confidence: 0.8, pose: { x, y: 50, a: 20, b: 0 }, box };
}

function trackOf(frames: readonly number[], place: (frame: number) => number = (frame) => frame): FaceTrack {
  const track = new FaceTrack();
  for (const frame of frames) track.add(sightAt(frame, place(frame)));
  return track;
}

function times(count: number, fps = 25): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => i / fps);
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

test('a gap of 0.4 s is interpolated, a longer one is absent, and none is dropped', () => {
  const frames = alignFrames(trackOf([0, 10, 21]), times(24), RAW);
  const letters = frames.map(({ origin }) => origin[0]).join('');
  expect(letters).toBe('diiiiiiiiidaaaaaaaaaadaa');
  expect(frames[5]!.region!.x).toBeCloseTo(5, 4);
  expect(frames[5]!.confidence).toBeCloseTo(0.4, 4);
  expect(frames[15]).toMatchObject({ region: null, box: null, confidence: 0 });
  expect(alignAll(trackOf([0, 10, 21]), times(24), RAW).coverage).toBeCloseTo(12 / 24, 10);
});

test('gaps are measured in seconds, not frames', () => {
  const slow = alignFrames(trackOf([0, 3]), times(4, 5), RAW);
  expect(slow.map(({ origin }) => origin)).toEqual(['detected', 'absent', 'absent', 'detected']);
});

test('nobody: every frame is absent', () => {
  const frames = alignFrames(null, times(3), ALIGN_SETTINGS);
  expect(frames.map(({ origin }) => origin)).toEqual(['absent', 'absent', 'absent']);
  expect(alignAll(null, times(3), ALIGN_SETTINGS).coverage).toBe(0);
});

test('smoothing does not lag: steady motion stays as it is, to the ends', () => {
  const frames = alignFrames(
    trackOf(upTo(40), (frame) => 3 * frame),
    times(40),
    { ...ALIGN_SETTINGS, margin: 0 },
  );
  frames.forEach(({ region }, f) => expect(region!.x).toBeCloseTo(3 * f, 3));
});

test('smoothing takes out most of a jitter', () => {
  const jitter = (frame: number) => 100 + (frame % 2 === 0 ? 4 : -4);
  const frames = alignFrames(trackOf(upTo(40), jitter), times(40), ALIGN_SETTINGS);
  for (const { region } of frames.slice(5, 35)) expect(Math.abs(region!.x - 100)).toBeLessThan(0.5);
});

test('smoothing does not reach across absent frames', () => {
  const twoPlaces = trackOf([...upTo(10), ...upTo(10).map((f) => f + 30)], (frame) => (frame < 20 ? 0 : 500));
  const frames = alignFrames(twoPlaces, times(40), ALIGN_SETTINGS);
  expect(frames[9]!.region!.x).toBe(0);
  expect(frames[30]!.region!.x).toBe(500);
});

test('the margin widens the region on each side', () => {
  const [frame] = alignFrames(trackOf([0]), times(1), { ...ALIGN_SETTINGS, margin: 0.25 });
  expect(frame!.region!.a).toBeCloseTo(30, 4);
});

test('a track survives storage, sorting and change of scale', () => {
  const track = trackOf([5, 1, 3]);
  expect([...track.sorted()].map(({ frame }) => frame)).toEqual([1, 3, 5]);
  expect([...FaceTrack.fromBytes(track.bytes())]).toEqual([...track]);
  expect(track.scaled(2).at(-1)).toMatchObject({ frame: 3, pose: { x: 6, y: 100, a: 40 }, box: { width: 40 } });
  expect([...FaceTrack.joined([trackOf([4, 5]), trackOf([1])])].map(({ frame }) => frame)).toEqual([1, 4, 5]);
});
