/** Ears, neck, shoulders and hair that falls behind the face, as surfaces and their paint. */
import { bump, mix, smoothstep, throughKnots } from './curves.ts';
import { hairLength } from './hair.ts';
import type { Noise } from './noise.ts';
import type { Person } from './person.ts';
import type { Setting } from './setting.ts';
import { hairStrands, paintSkin } from './skin-paint.ts';
import type { Point, SurfaceGrid } from './surface-grid.ts';
import { sampleSurface } from './surface-grid.ts';
import type { Texel } from './texture-atlas.ts';

type Paint = (point: Point, texel: Texel) => void;

/** An ear; `side` is -1 on the picture's left. */
export function earSurface(person: Person, side: -1 | 1): SurfaceGrid {
  const size = person.shape.ears;
  return sampleSurface(14, 14, (v, s) => {
    const latitude = Math.PI * v;
    const longitude = Math.PI * 0.62 * s;
    const ring = Math.sin(latitude);
    const out = 0.17 * size * ring * Math.sin(longitude);
    const y = 0.13 - 0.26 * size * Math.cos(latitude) * (1 + 0.1 * Math.cos(latitude));
    const lean = 0.09 * (0.13 - y);
    return [side * (0.95 * person.shape.width + lean) + out, y, -0.12 + 0.1 * ring * Math.cos(longitude)];
  });
}

export function paintEar(person: Person, noise: Noise, side: -1 | 1): Paint {
  return (point, texel) => {
    paintSkin(person, noise, [point[0], point[1], -1], texel);
    const across = (point[0] * side - 0.99 * person.shape.width) / 0.09;
    const hollow = bump(across, (point[1] - 0.13) / 0.13);
    const factor = (1 - 0.45 * hollow) * smoothstep(-1.2, 0.2, across + 0.6);
    texel.red *= mix(0.5, 1.02, factor);
    texel.green *= mix(0.42, 0.92, factor);
    texel.blue *= mix(0.42, 0.92, factor);
  };
}

/** A neck down to the height `end`. */
export function neckSurface(person: Person, end: number): SurfaceGrid {
  const radius = 0.55 * mix(1, person.shape.jaw, 1.4);
  return sampleSurface(16, 22, (v, s) => {
    const y = mix(0.7, end, v);
    const flare = 1 + 0.25 * smoothstep(1.3, 2, y);
    const angle = Math.PI * 0.55 * s;
    return [radius * flare * Math.sin(angle), y, -0.38 + 0.5 * Math.cos(angle)];
  });
}

/** Skin in the shadow of the chin, with the cords of the neck. */
export function paintNeck(person: Person, noise: Noise): Paint {
  return (point, texel) => {
    paintSkin(person, noise, [point[0] + 7, point[1], -1], texel);
    const cords = 0.1 * bump((Math.abs(point[0]) - 0.22 - 0.1 * (1.8 - point[1])) / 0.05, (point[1] - 1.7) / 0.4);
    const shade = mix(0.42, 1, smoothstep(1.1, 1.75, point[1] + 0.25 * Math.abs(point[0]))) - cords;
    texel.red *= shade;
    texel.green *= shade * 0.96;
    texel.blue *= shade * 0.95;
    texel.gloss *= 0.4;
  };
}

const SHOULDER_WIDTH = [
  [1.5, 0.5],
  [1.68, 0.62],
  [1.82, 0.95],
  [2.0, 1.5],
  [2.2, 1.85],
  [2.6, 2.05],
  [3.4, 2.2],
] as const;

export function shoulderSurface(person: Person): SurfaceGrid {
  const broad = mix(0.9, 1.05, smoothstep(0.88, 1.06, person.shape.jaw));
  return sampleSurface(26, 34, (v, s) => {
    const y = mix(1.5, 3.4, v);
    const angle = Math.PI * 0.5 * s;
    const width = broad * throughKnots(SHOULDER_WIDTH, y);
    const front = mix(0.42, 0.85, smoothstep(1.5, 2.3, y));
    return [width * Math.sin(angle), y + 0.12 * Math.cos(angle) ** 2, -0.36 + front * Math.cos(angle) ** 0.8];
  });
}

export function paintShoulders(person: Person, setting: Setting, noise: Noise): Paint {
  return (point, texel) => {
    const [x, y] = point;
    const edge = y - collarHeight(setting, Math.abs(x));
    const cloth = smoothstep(-0.012, 0.012, edge);
    paintSkin(person, noise, [x + 7, y, -1], texel);
    const fold = 1 + 0.22 * noise.octaves(x * 1.7 + y, y * 1.4 - x, 3) - 0.3 * bump(0, edge / 0.03);
    const band = setting.stripes && Math.sin(y * 26) > 0.3 ? 0.55 : 1;
    texel.red = mix(texel.red, setting.cloth[0] * fold * band, cloth);
    texel.green = mix(texel.green, setting.cloth[1] * fold * band, cloth);
    texel.blue = mix(texel.blue, setting.cloth[2] * fold * band, cloth);
    texel.gloss *= 0.5 * (1 - cloth);
  };
}

function collarHeight({ collar }: Setting, side: number): number {
  if (collar === 'vee') return 2.25 - 1.15 * side;
  return collar === 'high' ? 1.7 : 1.98 - 0.5 * side * side;
}

/** Hair that falls behind the face to both sides of the neck; null for those without long hair. */
export function mantleSurface(person: Person, noise: Noise): SurfaceGrid | null {
  const length = hairLength(person);
  if (length === null) return null;
  return sampleSurface(30, 44, (v, s) => {
    const angle = Math.PI * 0.58 * s;
    const across = Math.sin(angle);
    const end = mix(1.25, length + 0.06 * noise.at(5 * angle, 3), smoothstep(0.4, 0.7, Math.abs(across)));
    const y = mix(-1.2, end, v);
    const cap = Math.sqrt(Math.max(0, 1 - Math.max(0, (-0.35 - y) / 0.9) ** 2));
    const hem = 1 - 0.14 * smoothstep(end - 0.6, end, y);
    const locks = 1 + 0.05 * noise.at(4 * angle, 2 * y);
    const width = (1.06 + 0.1 * smoothstep(-0.4, 1.1, y)) * cap * hem * locks * person.shape.width;
    return [width * across, y, -0.95 + 0.62 * cap * across * across];
  });
}

export function paintMantle(person: Person, noise: Noise): Paint {
  return ([x, y, z], texel) => {
    const strands =
      hairStrands(person, noise, Math.atan2(x, z + 0.9) * 26, y) * mix(0.5, 1, smoothstep(0.55, 1, Math.abs(x)));
    texel.red = person.hair[0] * strands;
    texel.green = person.hair[1] * strands;
    texel.blue = person.hair[2] * strands;
    texel.gloss = 0.35;
  };
}
