/** Light on a point of skin, hair, cloth, eye or lip: one main light, sky and ground, a weak fill, and a highlight. */
import type { Rgb } from './color.ts';

/** Directions point from the face to the light, in camera axes (x right, y down, z to the camera), of length 1. */
export type Lighting = {
  direction: readonly [number, number, number];
  key: Rgb;
  sky: Rgb;
  ground: Rgb;
};

/** A visible point before light: linear-light colour, gloss 0..1 and normal in camera axes. */
export type SurfacePoint = {
  red: number;
  green: number;
  blue: number;
  gloss: number;
  nx: number;
  ny: number;
  nz: number;
};

/** How far light reaches past the edge of shadow; red light travels furthest in skin. */
const WRAP_RED = 0.38;
const WRAP_GREEN = 0.26;
const WRAP_BLUE = 0.22;

/** Multiplies the colour of a point by the light that falls on it and adds its highlight. */
export function light(point: SurfacePoint, { direction, key, sky, ground }: Lighting): void {
  const scale = 1 / Math.sqrt(point.nx * point.nx + point.ny * point.ny + point.nz * point.nz + 1e-12);
  const ny = point.ny * scale;
  const nz = point.nz * scale;
  const facing = (point.nx * direction[0] + point.ny * direction[1] + point.nz * direction[2]) * scale;
  const rim = 0.72 + 0.28 * nz;
  const above = rim * (0.5 - 0.5 * ny);
  const below = rim - above;
  const shine = facing > 0 ? point.gloss * specular(2 * facing * nz - direction[2]) : 0;
  const skyShine = 0.05 * point.gloss * above * above;
  point.red =
    point.red * (key[0] * wrapped(facing, WRAP_RED) + sky[0] * above + ground[0] * below) + key[0] * shine + skyShine;
  point.green =
    point.green * (key[1] * wrapped(facing, WRAP_GREEN) + sky[1] * above + ground[1] * below) +
    key[1] * shine +
    skyShine;
  point.blue =
    point.blue * (key[2] * wrapped(facing, WRAP_BLUE) + sky[2] * above + ground[2] * below) + key[2] * shine + skyShine;
}

function wrapped(facing: number, wrap: number): number {
  const lit = (facing + wrap) / (1 + wrap);
  return lit > 0 ? lit : 0;
}

/** Phong highlight; `towardsCamera` is the camera component of the mirrored light. */
function specular(towardsCamera: number): number {
  if (towardsCamera <= 0) return 0;
  const second = towardsCamera * towardsCamera;
  const fourth = second * second;
  return 0.22 * fourth * fourth * fourth;
}
