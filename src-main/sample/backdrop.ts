/** What is behind a person: painted once for each video, out of focus. */
import type { Rng } from '../data/rng.ts';
import type { Rgb } from './color.ts';
import { mixColors, scaleColor } from './color.ts';
import { clamp01, mix, smoothstep } from './curves.ts';
import { Noise } from './noise.ts';
import type { Setting } from './setting.ts';

type Spot = { x: number; y: number; halfWidth: number; halfHeight: number; color: Rgb; blur: number; round: boolean };

/** Linear-light colours, three a pixel, of a square of `side` pixels. */
export function paintBackdrop(setting: Setting, rng: Rng, side: number): Float32Array {
  const picture = paintWall(setting, new Noise(rng), side);
  for (const spot of drawSpots(setting, rng)) paintSpot(spot, side, picture);
  return picture;
}

function paintWall({ wall, lighting }: Setting, noise: Noise, side: number): Float32Array {
  const picture = new Float32Array(side * side * 3);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const x = column / side;
      const y = row / side;
      const lit = 1 + 0.3 * (0.5 - y) + 0.5 * lighting.direction[0] * (x - 0.5);
      const bright = 0.75 * lit * (1 + 0.12 * noise.octaves(x * 4, y * 4, 3));
      const at = (row * side + column) * 3;
      for (let channel = 0; channel < 3; channel++) picture[at + channel] = wall[channel]! * bright;
    }
  return picture;
}

function paintSpot(spot: Spot, side: number, picture: Float32Array): void {
  const reach = 1 + spot.blur;
  const within = (value: number) => Math.max(0, Math.min(side, Math.ceil(value * side)));
  const right = within(spot.x + reach * spot.halfWidth);
  const bottom = within(spot.y + reach * spot.halfHeight);
  for (let row = within(spot.y - reach * spot.halfHeight); row < bottom; row++)
    for (let column = within(spot.x - reach * spot.halfWidth); column < right; column++) {
      const share = coverOf(spot, column / side, row / side);
      const at = (row * side + column) * 3;
      for (let channel = 0; channel < 3; channel++)
        picture[at + channel] = mix(picture[at + channel]!, spot.color[channel]!, share);
    }
}

function coverOf(spot: Spot, x: number, y: number): number {
  const dx = (x - spot.x) / spot.halfWidth;
  const dy = (y - spot.y) / spot.halfHeight;
  const distance = spot.round ? Math.hypot(dx, dy) : Math.max(Math.abs(dx), Math.abs(dy));
  return smoothstep(1 + spot.blur, 1 - spot.blur, distance);
}

function drawSpots(setting: Setting, rng: Rng): Spot[] {
  switch (setting.backdrop) {
    case 'wall':
      return [];
    case 'room':
      return [frame(setting, rng, 0.12), frame(setting, rng, 0.88), floorLine(setting, rng)];
    case 'shelf':
      return Array.from({ length: 42 }, () => book(setting, rng));
    case 'garden':
      return Array.from({ length: 36 }, () => leaf(rng));
  }
}

function frame(setting: Setting, rng: Rng, x: number): Spot {
  const halfWidth = rng.range(0.08, 0.16);
  const color = scaleColor(mixColors(setting.accent, [0.5, 0.55, 0.6], rng.next()), rng.range(0.5, 1.3));
  return { x, y: rng.range(0.15, 0.4), halfWidth, halfHeight: halfWidth * 1.4, color, blur: 0.08, round: false };
}

function floorLine(setting: Setting, rng: Rng): Spot {
  const color = scaleColor(setting.accent, 0.35);
  return { x: 0.5, y: rng.range(1.05, 1.2), halfWidth: 2, halfHeight: 0.45, color, blur: 0.05, round: false };
}

function book(setting: Setting, rng: Rng): Spot {
  const color = scaleColor([rng.range(0.1, 0.8), rng.range(0.1, 0.6), rng.range(0.08, 0.5)], 0.5);
  const shelf = rng.integer(4);
  return {
    x: rng.next(),
    y: 0.12 + 0.25 * shelf,
    halfWidth: rng.range(0.012, 0.03),
    halfHeight: rng.range(0.07, 0.11),
    color: mixColors(color, setting.accent, 0.3),
    blur: 0.25,
    round: false,
  };
}

function leaf(rng: Rng): Spot {
  const bright = rng.range(0.15, 0.8);
  const size = rng.range(0.03, 0.12);
  const color: Rgb = [bright * rng.range(0.4, 0.8), clamp01(bright * rng.range(0.8, 1)), bright * rng.range(0.25, 0.5)];
  return { x: rng.next(), y: rng.next(), halfWidth: size, halfHeight: size, color, blur: 0.35, round: true };
}
