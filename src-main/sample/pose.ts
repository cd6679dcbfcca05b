import type { Point } from './surface-grid.ts';

/** How a head is held, in radians, and how far its pivot is moved, in face units. */
export type HeadPose = { yaw: number; pitch: number; roll: number; x: number; y: number };

/** Where the neck carries the head. */
const PIVOT = [0, 0.9, -0.35] as const;

/** Face units to picture samples: `unit` samples a face unit around the sample (x, y). */
export type View = { x: number; y: number; unit: number };

/** Row-major rotation: yaw turns the nose to the picture's right, pitch lowers it, roll turns the picture clockwise. */
function rotationOf({ yaw, pitch, roll }: HeadPose): Float64Array {
  const [cy, sy] = [Math.cos(yaw), Math.sin(yaw)];
  const [cp, sp] = [Math.cos(pitch), Math.sin(pitch)];
  const [cr, sr] = [Math.cos(roll), Math.sin(roll)];
  return Float64Array.of(
    ...[cr * cy + sr * sp * sy, -sr * cp, cr * sy - sr * sp * cy],
    ...[sr * cy - cr * sp * sy, cr * cp, sr * sy + cr * sp * cy],
    ...[-cp * sy, -sp, cp * cy],
  );
}

/** The way between a posed head in face units and the picture, both directions. */
export class Projection {
  readonly #view: View;
  readonly #rotation: Float64Array;
  readonly #shift: Point;

  constructor(view: View, pose: HeadPose) {
    this.#view = view;
    this.#rotation = rotationOf(pose);
    this.#shift = [pose.x, pose.y, 0];
  }

  /** Rotates and scales x, y, z triples; `out` is in samples. */
  toPicture(points: Float32Array, out: Float32Array): void {
    const { x, y, unit } = this.#view;
    const m = this.#rotation;
    for (let i = 0; i < points.length; i += 3) {
      const px = points[i]! - PIVOT[0];
      const py = points[i + 1]! - PIVOT[1];
      const pz = points[i + 2]! - PIVOT[2];
      out[i] = x + unit * (m[0]! * px + m[1]! * py + m[2]! * pz + PIVOT[0] + this.#shift[0]);
      out[i + 1] = y + unit * (m[3]! * px + m[4]! * py + m[5]! * pz + PIVOT[1] + this.#shift[1]);
      out[i + 2] = unit * (m[6]! * px + m[7]! * py + m[8]! * pz + PIVOT[2]);
    }
  }

  /** The face point whose picture is at (column, row) with the given depth. */
  toFace(column: number, row: number, depth: number, out: Point): void {
    const { x, y, unit } = this.#view;
    const m = this.#rotation;
    const px = (column - x) / unit - PIVOT[0] - this.#shift[0];
    const py = (row - y) / unit - PIVOT[1] - this.#shift[1];
    const pz = depth / unit - PIVOT[2];
    out[0] = m[0]! * px + m[3]! * py + m[6]! * pz + PIVOT[0];
    out[1] = m[1]! * px + m[4]! * py + m[7]! * pz + PIVOT[1];
    out[2] = m[2]! * px + m[5]! * py + m[8]! * pz + PIVOT[2];
  }
}
