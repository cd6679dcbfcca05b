import type { Picture } from './picture.ts';

/**
 * Where a square region sits in a picture: a similarity transform. The point (u, v) of the region, both in
 * [-0.5, 0.5] with v downwards, lies at pixel (x + a u - b v, y + b u + a v): the side is hypot(a, b) pixels, the
 * roll atan2(b, a).
 */
export type Pose = { x: number; y: number; a: number; b: number };

/** Flat list of pixel coordinates: x0, y0, x1, y1, … */
export type Points = ArrayLike<number>;

/** An upright square. */
export function uprightPose(x: number, y: number, side: number): Pose {
  return { x, y, a: side, b: 0 };
}

export function poseSide(pose: Pose): number {
  return Math.hypot(pose.a, pose.b);
}

/** The same centre and roll, another size. */
export function scalePose(pose: Pose, factor: number): Pose {
  return { x: pose.x, y: pose.y, a: pose.a * factor, b: pose.b * factor };
}

/** The same region in a picture `factor` times as large. */
export function resizePose({ x, y, a, b }: Pose, factor: number): Pose {
  return { x: x * factor, y: y * factor, a: a * factor, b: b * factor };
}

/** Linear between two poses; `share` 0 is the first. */
export function mixPoses(first: Pose, second: Pose, share: number): Pose {
  const mix = (from: number, to: number) => from + (to - from) * share;
  return {
    x: mix(first.x, second.x),
    y: mix(first.y, second.y),
    a: mix(first.a, second.a),
    b: mix(first.b, second.b),
  };
}

/** Takes points of a region (u, v in [-0.5, 0.5]) to pixels of the picture. */
export function toPicture(pose: Pose, points: Points): Float32Array {
  const out = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const [u, v] = [points[i]!, points[i + 1]!];
    out[i] = pose.x + pose.a * u - pose.b * v;
    out[i + 1] = pose.y + pose.b * u + pose.a * v;
  }
  return out;
}

/**
 * The pose that takes the points `region` closest to the points `picture` (least squares, both as many).
 * In complex numbers z = t + w u: w is the regression of the centred z on the centred u.
 */
export function fitPose(region: Points, picture: Points): Pose {
  const from = centroid(region);
  const to = centroid(picture);
  let [real, imaginary, norm] = [0, 0, 0];
  for (let i = 0; i < region.length; i += 2) {
    const [u, v] = [region[i]! - from.x, region[i + 1]! - from.y];
    const [x, y] = [picture[i]! - to.x, picture[i + 1]! - to.y];
    real += u * x + v * y;
    imaginary += u * y - v * x;
    norm += u * u + v * v;
  }
  const [a, b] = [real / norm, imaginary / norm];
  return { x: to.x - a * from.x + b * from.y, y: to.y - b * from.x - a * from.y, a, b };
}

function centroid(points: Points): { x: number; y: number } {
  let [x, y] = [0, 0];
  for (let i = 0; i < points.length; i += 2) {
    x += points[i]!;
    y += points[i + 1]!;
  }
  return { x: (2 * x) / points.length, y: (2 * y) / points.length };
}

/** Whether the centre of the pose lies inside the picture. */
export function isInside(pose: Pose, picture: Pick<Picture, 'width' | 'height'>): boolean {
  return pose.x >= 0 && pose.y >= 0 && pose.x < picture.width && pose.y < picture.height;
}
