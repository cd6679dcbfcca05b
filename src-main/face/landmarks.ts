/**
 * The 68 landmarks of iBUG 300-W (dlib's numbering), x and y interleaved: 0-16 jaw, 17-26 brows, 27-35 nose,
 * 36-41 and 42-47 the eyes left and right in the picture, 48-67 mouth.
 */
import type { Box } from '../contract/records.ts';
import { fitPose, type Points, type Pose } from './pose.ts';

/** The face box ends this share of its height above the brows, so that it holds the forehead. */
const FOREHEAD = 0.3;

/**
 * Where eyes, tip of the nose and corners of the mouth lie in an aligned face, in distances between the eyes from their
 * middle, y downwards: medians over upright faces as the landmark net sees them.
 */
const CANONICAL_FACE = [-0.5, 0, 0.5, 0, 0, 0.65, -0.44, 1.1, 0.44, 1.1];

/** Side of the tight square from above the brows to the chin, and how far its middle lies below the eyes. */
const FACE_SIDE = 2.4;
const FACE_CENTRE = 0.55;

/** The five points of an aligned face as u, v in [-0.5, 0.5] of the tight square. */
export const CANONICAL_POINTS: Points = CANONICAL_FACE.map((value, i) =>
  i % 2 === 0 ? value / FACE_SIDE : (value - FACE_CENTRE) / FACE_SIDE,
);

/** Eye centres, tip of the nose, corners of the mouth: x0, y0, …, y4. */
export function anchorPoints(landmarks: Points): number[] {
  return [
    ...meanPoint(landmarks, 36, 42),
    ...meanPoint(landmarks, 42, 48),
    ...meanPoint(landmarks, 30, 31),
    ...meanPoint(landmarks, 48, 49),
    ...meanPoint(landmarks, 54, 55),
  ];
}

function meanPoint(landmarks: Points, first: number, end: number): [number, number] {
  let [x, y] = [0, 0];
  for (let i = first; i < end; i++) {
    x += landmarks[2 * i]!;
    y += landmarks[2 * i + 1]!;
  }
  return [x / (end - first), y / (end - first)];
}

/** The tight square of a face, aligned by its five anchor points. */
export function facePose(landmarks: Points): Pose {
  return fitPose(CANONICAL_POINTS, anchorPoints(landmarks));
}

/** The upright box of a face from forehead to chin, in pixels. */
export function faceBox(landmarks: Points): Box {
  const { left, right, top, bottom } = bounds(landmarks);
  const forehead = FOREHEAD * (bottom - top);
  return { x: left, y: top - forehead, width: right - left, height: bottom - top + forehead };
}

function bounds(landmarks: Points) {
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (let i = 0; i < landmarks.length; i += 2) {
    box.left = Math.min(box.left, landmarks[i]!);
    box.right = Math.max(box.right, landmarks[i]!);
    box.top = Math.min(box.top, landmarks[i + 1]!);
    box.bottom = Math.max(box.bottom, landmarks[i + 1]!);
  }
  return box;
}

/**
 * Whether landmarks look like a face: the net gives 68 points for any picture, and on most that are not a face they
 * are turned over, squeezed, or far from a similarity of the canonical face.
 */
export function isPlausibleFace(landmarks: Points): boolean {
  const points = anchorPoints(landmarks);
  const pose = facePose(landmarks);
  const side = Math.hypot(pose.a, pose.b);
  if (!(side > 0)) return false;
  const eyes = Math.hypot(points[2]! - points[0]!, points[3]! - points[1]!) / side;
  return eyes > 0.2 && eyes < 0.65 && residual(points, pose) < 0.12;
}

/** Whether eyes, nose and mouth all lie inside the picture: a face that is cut off by its border shows no expression. */
export function isInView(landmarks: Points, picture: { width: number; height: number }): boolean {
  const points = anchorPoints(landmarks);
  return points.every((value, i) => value >= 0 && value < (i % 2 === 0 ? picture.width : picture.height));
}

/** Root mean square distance of the anchor points from the canonical ones, in sides of the square. */
function residual(points: Points, pose: Pose): number {
  const squared = pose.a ** 2 + pose.b ** 2;
  let sum = 0;
  for (let i = 0; i < points.length; i += 2) {
    const [u, v] = [CANONICAL_POINTS[i]!, CANONICAL_POINTS[i + 1]!];
    const dx = points[i]! - (pose.x + pose.a * u - pose.b * v);
    const dy = points[i + 1]! - (pose.y + pose.b * u + pose.a * v);
    sum += (dx * dx + dy * dy) / squared;
  }
  return Math.sqrt(sum / (points.length / 2));
}
