/** Colours of the head: skin with its redness and shade, brows, beard, hair, and the creases of the moving face. */
import type { Rgb } from './color.ts';
import { bump, clamp01, mix, smoothstep } from './curves.ts';
import { hairCover } from './hair.ts';
import type { Noise } from './noise.ts';
import type { Person } from './person.ts';
import type { Point } from './surface-grid.ts';
import type { Texel } from './texture-atlas.ts';

export function paintHead(person: Person, noise: Noise): (point: Point, texel: Texel) => void {
  return (point, texel) => {
    paintSkin(person, noise, point, texel);
    if (point[2] > 0) {
      paintCreases(person, point, texel);
      paintBeard(person, noise, point, texel);
      paintBrows(person, noise, point, texel);
    }
    paintScalpHair(person, noise, point, texel);
  };
}

/** Plain skin, for ears and neck. */
export function paintSkin(person: Person, noise: Noise, [x, y, z]: Point, texel: Texel): void {
  const grain = 1 + 0.05 * noise.octaves(x * 9 + 40, y * 9 + z * 5, 3);
  const [red, green, blue] = person.skin;
  const flush = z > 0 ? flushAt(person, x, y) : 0;
  const shade = z > 0 ? faceShade(person, x, y) : 1;
  const fleck = z > 0 ? freckleAt(person, noise, x, y) : 0;
  texel.red = red * grain * shade * (1 + 0.04 * flush) * (1 - 0.25 * fleck);
  texel.green = green * grain * shade * (1 - 0.16 * flush) * (1 - 0.42 * fleck);
  texel.blue = blue * grain * shade * (1 - 0.14 * flush) * (1 - 0.5 * fleck);
  texel.gloss = 0.3 + 0.25 * bump(x / 0.3, (y + 0.55) / 0.3) + 0.25 * bump(x / 0.12, (y - 0.3) / 0.25);
}

function flushAt(person: Person, x: number, y: number): number {
  const cheeks = bump((Math.abs(x) - 0.5) / 0.22, (y - 0.33) / 0.17);
  const nose = 0.8 * bump(x / 0.18, (y - 0.4) / 0.12);
  return cheeks + nose + 0.5 * person.age * bump(x / 0.3, (y - 1.1) / 0.2);
}

/** Light that hollows keep out: eye sockets, beside and under the nose, under the lip and the jaw. */
function faceShade(person: Person, x: number, y: number): number {
  const side = Math.abs(x);
  const { nose, eyes } = person.shape;
  const across = side - 0.37 * eyes.spacing;
  const along = y / nose.length;
  let dark = 0.24 * bump((across + 0.13) / 0.13, (y + 0.06) / 0.13) + 0.16 * bump(across / 0.22, (y + 0.09) / 0.1);
  dark += 0.14 * bump((across + 0.02) / 0.16, (y - 0.15) / 0.06) * (0.6 + person.age);
  dark += 0.3 * bump((side - 0.235 * nose.width) / 0.035, (along - 0.43) / 0.07);
  dark += 0.16 * bump((side - 0.13 * nose.width) / 0.05, (along - 0.2) / 0.2);
  dark += 0.35 * bump(x / (0.2 * nose.width), (along - 0.535) / 0.035);
  dark += 0.18 * bump(x / 0.2, (y - 0.95 - person.shape.mouth.y) / 0.05);
  dark += 0.35 * smoothstep(1.16, 1.36, y);
  const nostril = bump((side - 0.075 * nose.width) / (0.05 * nose.width), (along - 0.495) / 0.026);
  return Math.max(0.12, (1 - dark) * (1 - 0.85 * nostril));
}

function freckleAt(person: Person, noise: Noise, x: number, y: number): number {
  if (person.freckles === 0) return 0;
  const where = bump((Math.abs(x) - 0.3) / 0.35, (y - 0.25) / 0.2);
  return person.freckles * where * smoothstep(0.35, 0.6, noise.at(x * 22, y * 22));
}

function paintBrows(person: Person, noise: Noise, [x, y]: Point, texel: Texel): void {
  const { brows, eyes } = person.shape;
  const along = (Math.abs(x) - 0.13 * eyes.spacing) / 0.5;
  if (along < -0.1 || along > 1.1 || y > 0 || y < -0.6) return;
  const arch =
    0.055 * brows.arch * Math.sin(Math.PI * clamp01((along - 0.1) / 0.95)) - 0.06 * smoothstep(0.6, 1, along);
  const centre = -0.255 - brows.height - arch;
  const half = 0.052 * brows.thickness * (smoothstep(-0.08, 0.12, along) * mix(1, 0.25, smoothstep(0.35, 1.02, along)));
  const strands = 0.02 * noise.at(x * 34 + y * 30, y * 12 - x * 8);
  const distance = Math.abs(y - centre) + strands - half;
  const ends = smoothstep(-0.1, 0.04, along) * smoothstep(1.06, 0.96, along);
  const cover = smoothstep(0.022, -0.022, distance) * ends * brows.density;
  cover01(texel, person.browColor, clamp01(cover));
}

const BEARD_STRENGTH = { none: 0, stubble: 0.25, moustache: 0.82, full: 0.82 };

function paintBeard(person: Person, noise: Noise, [x, y, z]: Point, texel: Texel): void {
  const strength = BEARD_STRENGTH[person.beard];
  if (strength === 0) return;
  const grain = noise.octaves(x * 16, y * 9 + z * 9, 3);
  const moustache = smoothstep(0.42, 0.3, Math.abs(x)) * smoothstep(0.535, 0.6, y + 0.03 * grain);
  const jaw = beardLine(x, y, grain);
  const upper = moustache * smoothstep(0.74, 0.68, y);
  const cover = person.beard === 'moustache' ? upper : Math.max(jaw, upper);
  cover01(texel, person.browColor, clamp01(strength * cover * (0.85 + 0.35 * grain)));
  texel.gloss *= 1 - 0.7 * cover * strength;
}

/** A beard covers the jaw below a line from the ear to the corner of the mouth, and leaves the lower lip free. */
function beardLine(x: number, y: number, grain: number): number {
  const side = Math.abs(x);
  const line = 0.74 - 0.6 * smoothstep(0.6, 0.98, side) + 0.04 * grain;
  const lip = bump(x / 0.33, (y - 0.8) / 0.13);
  return smoothstep(line - 0.06, line + 0.1, y) * smoothstep(0.75, 0.35, lip);
}

function paintCreases(person: Person, [x, y]: Point, texel: Texel): void {
  const side = Math.abs(x);
  texel.creases[0] = foreheadLines(x, y);
  texel.creases[1] = 0.9 * bump((side - 0.055) / 0.02, (y + 0.22) / 0.1) + 0.4 * bump(x / 0.2, (y + 0.1) / 0.02);
  texel.creases[2] = bump((side - 0.27 - 0.45 * (y - 0.46)) / 0.034, (y - 0.62) / 0.15);
  const outer = side - 0.37 * person.shape.eyes.spacing;
  const fan = Math.sin(60 * (y - 0.02)) ** 2 * bump((outer - 0.29) / 0.07, y / 0.1);
  const bridge = bump(side / 0.13, (y - 0.03) / 0.1) * Math.cos(70 * y) ** 2;
  texel.creases[3] = Math.max(0.7 * fan, 0.8 * bridge);
  const old = person.age ** 2;
  const lines = 0.3 * texel.creases[0] + 0.3 * texel.creases[2] + 0.4 * texel.creases[3] * (side > 0.3 ? 1 : 0);
  scaleTexel(texel, 1 - 0.6 * old * lines);
}

/** Three wavy lines across the forehead. */
function foreheadLines(x: number, y: number): number {
  if (y < -0.75 || y > -0.35) return 0;
  const fromMiddle = Math.abs(y - 0.02 * Math.cos(6 * x) + 0.56);
  return bump(x / 0.5, Math.min(fromMiddle, Math.abs(fromMiddle - 0.1)) / 0.017);
}

function paintScalpHair(person: Person, noise: Noise, point: Point, texel: Texel): void {
  if (person.hairStyle === 'bald') return;
  const [x, y, z] = point;
  const angle = Math.atan2(x, z + 0.4);
  const cover = hairCover(person, point, noise.octaves(angle * 14, y * 6, 2));
  if (cover > 0) {
    const strands = hairStrands(person, noise, angle * 30, y);
    texel.red = mix(texel.red, person.hair[0] * strands, cover);
    texel.green = mix(texel.green, person.hair[1] * strands, cover);
    texel.blue = mix(texel.blue, person.hair[2] * strands, cover);
    texel.gloss = mix(texel.gloss, 0.4, cover);
    for (let i = 0; i < texel.creases.length; i++) texel.creases[i] = texel.creases[i]! * (1 - cover);
  }
}

/** Brightness of hair at a place across and along its strands, about 1. */
export function hairStrands(person: Person, noise: Noise, across: number, along: number): number {
  if (person.hairStyle === 'curly') return 0.75 + 0.9 * noise.octaves(across * 0.35, along * 9, 3);
  const wave = across + 1.2 * Math.sin(3 * along);
  return 0.9 + 0.55 * noise.octaves(wave, along * 1.6, 2) + 0.25 * noise.at(wave * 3, along * 3);
}

function cover01(texel: Texel, color: Rgb, share: number): void {
  texel.red = mix(texel.red, color[0], share);
  texel.green = mix(texel.green, color[1], share);
  texel.blue = mix(texel.blue, color[2], share);
}

function scaleTexel(texel: Texel, factor: number): void {
  texel.red *= factor;
  texel.green *= factor;
  texel.blue *= factor;
}
