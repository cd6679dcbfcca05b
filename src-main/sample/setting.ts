import type { Rng } from '../data/rng.ts';
import type { Rgb } from './color.ts';
import { fromHex, scaleColor } from './color.ts';
import type { Lighting } from './shading.ts';

export const BACKDROPS = ['wall', 'room', 'shelf', 'garden'] as const;
export const COLLARS = ['round', 'vee', 'high'] as const;

/** Where and how one video is taken: what differs between two videos of the same person. */
export type Setting = {
  lighting: Lighting;
  backdrop: (typeof BACKDROPS)[number];
  wall: Rgb;
  accent: Rgb;
  cloth: Rgb;
  stripes: boolean;
  collar: (typeof COLLARS)[number];
  /** Size of the head relative to the usual framing, and its place as shares of the picture. */
  headScale: number;
  headX: number;
  headY: number;
  /** Standard deviation of sensor noise in 8-bit levels. */
  grain: number;
};

const WALLS = [0xb9b2a4, 0x8fa3ad, 0xa9a39b, 0x6d7a70, 0xc7bba6, 0x5c6573, 0x9b8478, 0xd2d0ca].map(fromHex);
const CLOTHS = [0x27364f, 0x5b2330, 0x2f4a3a, 0xa6a8ab, 0x1f2023, 0x8a6a3c, 0x6a7fa0, 0xd8d2c6, 0x4b3a5c].map(fromHex);

export function drawSetting(rng: Rng): Setting {
  return {
    lighting: drawLighting(rng),
    backdrop: rng.pick(BACKDROPS),
    wall: rng.pick(WALLS),
    accent: rng.pick(WALLS),
    cloth: rng.pick(CLOTHS),
    stripes: rng.next() < 0.2,
    collar: rng.pick(COLLARS),
    headScale: rng.range(0.92, 1.06),
    headX: rng.range(0.47, 0.53),
    headY: rng.range(0.43, 0.47),
    grain: rng.range(1.2, 3),
  };
}

function drawLighting(rng: Rng): Lighting {
  const azimuth = rng.range(-0.9, 0.9);
  const elevation = rng.range(0.25, 0.75);
  const warm = rng.range(-0.08, 0.1);
  const strength = rng.range(0.62, 0.9);
  const ambient = rng.range(0.3, 0.46);
  return {
    direction: [Math.sin(azimuth) * Math.cos(elevation), -Math.sin(elevation), Math.cos(azimuth) * Math.cos(elevation)],
    key: scaleColor([1 + warm, 1, 1 - warm], strength),
    sky: scaleColor([1 - warm, 1, 1 + warm], ambient),
    ground: scaleColor([1.05, 0.97, 0.9], ambient * 0.6),
  };
}
