import { clamp01, smoothstep } from './curves.ts';
import type { Noise } from './noise.ts';
import type { Person } from './person.ts';
import type { Point } from './surface-grid.ts';

/** How far hair stands off the scalp where it covers it, in face units. */
const VOLUME = {
  bald: 0,
  receding: 0.05,
  cropped: 0.06,
  parted: 0.13,
  fringe: 0.13,
  long: 0.12,
  curly: 0.24,
  bun: 0.06,
};

/** Half-widths of the hairline: as it is painted, and as the hair rises from the skin. */
const PAINTED_EDGE = 0.045;
const RISING_EDGE = 0.12;

/** 0 on bare skin, 1 on hair, with a soft line between; `roughness` in [-1, 1] makes that line uneven. */
export function hairCover(person: Person, point: Point, roughness = 0): number {
  return coverWithEdge(person, point, 0.022 * roughness, PAINTED_EDGE);
}

function coverWithEdge(person: Person, [x, y, z]: Point, shift: number, edge: number): number {
  if (person.hairStyle === 'bald') return 0;
  const side = Math.abs(x);
  const back = smoothstep(0.25, -0.1, z);
  const line = mixLine(hairline(person, x), sideLine(person, side), smoothstep(0.62, 0.84, side)) + shift;
  const front = smoothstep(line + edge, line - edge, y);
  const behind = smoothstep(0.95, 0.75, y);
  return clamp01(Math.max(front, back * behind * smoothstep(0.55, 0.75, side + (z < 0 ? 1 : 0))));
}

/** Height of the hairline over the forehead at x. */
function hairline(person: Person, x: number): number {
  const base = -0.76 + person.shape.hairline;
  switch (person.hairStyle) {
    case 'receding':
      return base - 0.24 + 0.18 * Math.exp(-((x / 0.3) ** 2));
    case 'fringe':
      return -0.5 + 0.05 * Math.cos(5 * x) + 0.06 * x;
    case 'parted':
      return base + 0.28 * smoothstep(-0.3, 0.75, x) - 0.1 * Math.exp(-(((x + 0.38) / 0.14) ** 2));
    case 'long':
      return base + 0.35 * smoothstep(0.3, 0.85, Math.abs(x + 0.12)) - 0.08 * Math.exp(-(((x + 0.12) / 0.12) ** 2));
    default:
      return base + 0.08 * x * x;
  }
}

/** Where hair ends before the ear. */
function sideLine(person: Person, side: number): number {
  const long = person.hairStyle === 'long' || person.hairStyle === 'fringe';
  const sideburn = person.hairStyle === 'bun' ? -0.15 : 0.12;
  return long ? 0.55 : sideburn - 0.35 * smoothstep(0.98, 0.8, side);
}

function mixLine(front: number, side: number, share: number): number {
  return front + (side - front) * share;
}

/** How far the surface of the hair lies outside the scalp. */
export function hairThickness(person: Person, noise: Noise, point: Point): number {
  const cover = coverWithEdge(person, point, -0.07, RISING_EDGE);
  if (cover === 0) return 0;
  const [x, y, z] = point;
  const crown = 0.55 + 0.45 * smoothstep(0.2, -0.9, y);
  const rough = person.hairStyle === 'curly' ? 0.45 : 0.16;
  const locks = 1 + rough * noise.at(5 * x + 20, 5 * y + 3 * z);
  return VOLUME[person.hairStyle] * crown * locks * cover;
}

/** Whether hair falls to the shoulders behind the face, and to which height; null where it does not. */
export function hairLength(person: Person): number | null {
  if (person.hairStyle === 'long') return 1.75;
  return person.hairStyle === 'fringe' && person.id % 2 === 0 ? 1.15 : null;
}
