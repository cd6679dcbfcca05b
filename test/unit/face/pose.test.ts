import { expect, test } from 'vitest';
import {
  anchorPoints,
  CANONICAL_POINTS,
  facePose,
  isInView,
  isPlausibleFace,
} from '../../../src-main/face/landmarks.ts';
import { fitPose, mixPoses, poseSide, scalePose, toPicture, type Pose } from '../../../src-main/face/pose.ts';

const TURNED: Pose = { x: 40, y: 30, a: 0, b: 20 };

/** 68 landmarks of an ideal face at a pose; only the points that the code looks at matter. */
function idealLandmarks(pose: Pose): Float32Array {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = Array.from({ length: 5 }, (_, i) =>
    toPicture(pose, [CANONICAL_POINTS[2 * i]!, CANONICAL_POINTS[2 * i + 1]!]),
  );
  const points = new Float32Array(136);
  for (let i = 0; i < 68; i++) points.set(nose!, 2 * i);
  for (let i = 36; i < 42; i++) points.set(leftEye!, 2 * i);
  for (let i = 42; i < 48; i++) points.set(rightEye!, 2 * i);
  points.set(leftMouth!, 2 * 48);
  points.set(rightMouth!, 2 * 54);
  return points;
}

function expectPose(found: Pose, expected: Pose, digits = 4): void {
  for (const key of ['x', 'y', 'a', 'b'] as const) expect(found[key]).toBeCloseTo(expected[key], digits);
}

test('a region turned a quarter clockwise has its right edge at the bottom of the picture', () => {
  expect([...toPicture(TURNED, [0.5, 0, 0, 0.5])]).toEqual([40, 40, 30, 30]);
});

test('fitting recovers a similarity exactly', () => {
  const pose = { x: 100, y: 50, a: 30, b: -12 };
  const region = [-0.4, -0.2, 0.3, -0.25, 0.1, 0.5, -0.2, 0.4];
  expectPose(fitPose(region, toPicture(pose, region)), pose);
});

test('fitting spreads an error over all points: the centroids agree', () => {
  const region = [-0.5, -0.5, 0.5, -0.5, 0, 0.5];
  const picture = [0, 0, 100, 4, 50, 90];
  const fitted = toPicture(fitPose(region, picture), region);
  const mean = (points: ArrayLike<number>, axis: number) => (points[axis]! + points[axis + 2]! + points[axis + 4]!) / 3;
  expect(mean(fitted, 0)).toBeCloseTo(mean(picture, 0), 4);
  expect(mean(fitted, 1)).toBeCloseTo(mean(picture, 1), 4);
});

test('a mix lies between, a scaled pose keeps centre and roll', () => {
  expect(mixPoses(TURNED, { x: 50, y: 30, a: 10, b: 20 }, 0.5)).toEqual({ x: 45, y: 30, a: 5, b: 20 });
  expect(poseSide(scalePose({ x: 1, y: 2, a: 3, b: 4 }, 2))).toBe(10);
});

test('the pose of a face follows its eyes, nose and mouth through roll and size', () => {
  const pose = { x: 200, y: 150, a: 60, b: 25 };
  expectPose(facePose(idealLandmarks(pose)), pose, 3);
  expect(anchorPoints(idealLandmarks(pose))).toHaveLength(10);
});

test('eyes on one spot, a squeezed face and a face upside down in itself are not plausible', () => {
  const upright = { x: 100, y: 100, a: 80, b: 0 };
  const face = idealLandmarks(upright);
  expect(isPlausibleFace(face)).toBe(true);
  const oneEyed = face.slice();
  for (let i = 42; i < 48; i++) oneEyed.set(face.subarray(72, 74), 2 * i);
  expect(isPlausibleFace(oneEyed)).toBe(false);
  const squeezed = face.map((value, i) => (i % 2 === 0 ? value : 100 + (value - 100) * 0.2));
  expect(isPlausibleFace(squeezed)).toBe(false);
  const mirrored = face.map((value, i) => (i % 2 === 0 ? value : 200 - value));
  expect(isPlausibleFace(mirrored)).toBe(false);
});

test('a face with an eye beyond the border is not in view', () => {
  const picture = { width: 120, height: 160 };
  expect(isInView(idealLandmarks({ x: 60, y: 80, a: 60, b: 0 }), picture)).toBe(true);
  expect(isInView(idealLandmarks({ x: 110, y: 80, a: 60, b: 0 }), picture)).toBe(false);
});
