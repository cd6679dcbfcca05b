/**
 * The skull and the skin over it as one closed surface: rings around the head whose width and depth follow a profile,
 * with the features of the face as smooth bumps on its front.
 */
import { bump, clamp01, smoothstep, throughKnots } from './curves.ts';
import { hairThickness } from './hair.ts';
import type { Noise } from './noise.ts';
import type { HeadShape, Person } from './person.ts';
import type { Point } from './surface-grid.ts';

const WIDTH_BY_Y = [
  [-1.3, 1.0],
  [-0.5, 0.96],
  [-0.05, 0.935],
  [0.35, 0.91],
  [0.8, 0.89],
  [1.15, 0.85],
  [1.32, 0.8],
] as const;
const FRONT_BY_Y = [
  [-1.3, 0.8],
  [-0.7, 0.9],
  [-0.2, 0.96],
  [0.2, 0.95],
  [0.7, 0.98],
  [1.1, 1.02],
  [1.3, 1.0],
] as const;
const BACK_BY_Y = [
  [-1.3, 1.1],
  [-0.3, 1.22],
  [0.4, 1.0],
  [1.0, 0.7],
  [1.3, 0.6],
] as const;

/** Point of the skin; `s` = 0 is the middle of the face, ±1 the back of the head. */
export function skinPoint(person: Person, v: number, s: number): Point {
  const point = skullPoint(person.shape, v, s);
  sculptFace(person, point);
  return point;
}

/** Points of what is seen from outside, x, y, z each: skin, or hair where it covers the skin. */
export function withHair(person: Person, noise: Noise, skin: Float32Array): Float32Array {
  const points = skin.slice();
  for (let at = 0; at < points.length; at += 3) {
    const point: Point = [points[at]!, points[at + 1]!, points[at + 2]!];
    const thickness = hairThickness(person, noise, point);
    if (thickness > 0) points.set(pushOut(point, thickness), at);
  }
  return points;
}

function skullPoint(shape: HeadShape, v: number, s: number): Point {
  const latitude = Math.PI * (v + (0.3 * Math.sin(2 * Math.PI * v)) / (2 * Math.PI));
  const longitude = Math.PI * (0.42 * s + 0.58 * s * s * s);
  const ring = Math.sin(latitude);
  const level = -Math.cos(latitude) * (Math.cos(latitude) > 0 ? 1.32 : 1.3 * shape.chin);
  const front = Math.cos(longitude);
  const side = Math.sin(longitude);
  const lower = smoothstep(0.2, 1.25, level);
  const jaw = 1 + (shape.jaw - 1) * smoothstep(0.3, 1, level);
  const width = throughKnots(WIDTH_BY_Y, level) * shape.width * jaw * ring ** (0.85 - 0.3 * lower);
  const depth =
    throughKnots(front > 0 ? FRONT_BY_Y : BACK_BY_Y, level) * ring ** (front > 0 ? 0.75 - 0.25 * lower : 0.8);
  // The jaw rises from the chin to the ear.
  const lift = 0.42 * smoothstep(0.35, 1.3, level) * (1 - front) * 0.5 * (1 + 0.4 * Math.abs(side));
  return [
    width * Math.sign(side) * Math.abs(side) ** 0.94,
    level - lift,
    depth * Math.sign(front) * Math.abs(front) ** 0.86,
  ];
}

function sculptFace(person: Person, point: Point): void {
  const [x, y, z] = point;
  if (z <= 0) return;
  const { shape } = person;
  const front = smoothstep(0, 0.5, z);
  const side = Math.abs(x);
  let height = noseHeight(shape, side, y);
  height += eyeRegion(shape, side, y, person.age);
  height += 0.065 * shape.cheeks * bump((side - 0.5) / 0.24, (y - 0.3) / 0.2);
  height += 0.03 * bump((side - 0.62) / 0.18, (y - 0.2) / 0.14);
  height -= 0.05 * bump((side - 0.62) / 0.16, (y - 0.68) / 0.24) * (1.3 - 0.5 * shape.cheeks);
  height += 0.1 * bump(x / 0.36, (y - 0.76) / 0.26);
  height -= 0.05 * bump(x / 0.2, (y - 0.96) / 0.08);
  height += 0.09 * bump(x / 0.22, (y - 1.14) / 0.14);
  height -= 0.015 * bump(x / 0.035, (y - 0.6) / 0.07);
  height -= 0.04 * person.age * bump((side - 0.36 - 0.1 * (y - 0.6)) / 0.05, (y - 0.62) / 0.16);
  point[2] += height * front;
}

function noseHeight(shape: HeadShape, side: number, y: number): number {
  const { length, width, height } = shape.nose;
  const along = y / length;
  const ridge = throughKnots(
    [
      [-0.25, 0.02],
      [-0.02, 0.08],
      [0.2, 0.2],
      [0.37, 0.33],
      [0.43, 0.335],
      [0.54, 0.03],
      [0.58, 0],
    ],
    along,
  );
  const spread =
    width *
    throughKnots(
      [
        [-0.25, 0.14],
        [0, 0.1],
        [0.3, 0.12],
        [0.42, 0.15],
        [0.55, 0.17],
      ],
      along,
    );
  const profile = Math.exp(-((side / spread) ** 2.6));
  const wing = 0.13 * bump((side - 0.145 * width) / (0.075 * width), (along - 0.42) / 0.075);
  return 1.15 * height * (ridge * profile + wing);
}

function eyeRegion(shape: HeadShape, side: number, y: number, age: number): number {
  const across = side - 0.37 * shape.eyes.spacing;
  const socket = -0.115 * bump((across + 0.03) / 0.24, (y + 0.01) / 0.17);
  const ball = 0.055 * bump(across / 0.17, y / 0.11);
  const ridge = 0.05 * bump((side - 0.34) / 0.3, (y + 0.26) / 0.1) * (0.6 + 0.5 * shape.jaw);
  const bag = 0.025 * age * bump(across / 0.16, (y - 0.17) / 0.05);
  return socket + ball + ridge + bag;
}

function pushOut(point: Point, thickness: number): Point {
  const [x, y, z] = point;
  const centred = y + 0.1;
  const length = Math.hypot(x, centred, z) || 1;
  const grow = thickness / length;
  return [x * (1 + grow), y + centred * clamp01(1 - y) * grow, z * (1 + grow)];
}
