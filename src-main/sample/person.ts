import { Rng } from '../data/rng.ts';
import type { Rgb } from './color.ts';
import { fromHex, mixColors, scaleColor } from './color.ts';

/**
 * Proportions of a head in face units: the origin lies between the eyes, x runs to the picture's right, y down, z to
 * the camera; eyes to chin is 1.3 units. Factors are 1 for the average.
 */
export type HeadShape = {
  width: number;
  jaw: number;
  chin: number;
  cheeks: number;
  nose: { length: number; width: number; height: number };
  eyes: { size: number; spacing: number; tilt: number; heavyLids: number };
  brows: { height: number; thickness: number; arch: number; density: number };
  mouth: { width: number; upperLip: number; lowerLip: number; y: number };
  ears: number;
  hairline: number;
};

export type HairStyle = 'bald' | 'receding' | 'cropped' | 'parted' | 'fringe' | 'long' | 'curly' | 'bun';
export type BeardStyle = 'none' | 'stubble' | 'moustache' | 'full';
export type Glasses = { color: Rgb; round: boolean; thickness: number };

/** Everything about a person that stays the same from one video to the next. */
export type Person = {
  id: number;
  /** 0 is about 18 years, 1 about 75. */
  age: number;
  shape: HeadShape;
  skin: Rgb;
  lips: Rgb;
  iris: Rgb;
  hair: Rgb;
  browColor: Rgb;
  hairStyle: HairStyle;
  beard: BeardStyle;
  glasses: Glasses | null;
  freckles: number;
  /** How strongly this person moves each side of the face; 1 is the average. */
  sides: { left: number; right: number };
};

const SKINS = [0xf7d9c6, 0xf0c4a4, 0xe3ae88, 0xd39a72, 0xbb8058, 0x9c6543, 0x85543a, 0x6e452f].map(fromHex);
const HAIRS = [0x15110f, 0x241a15, 0x3b281d, 0x5a3b25, 0x7c4a28, 0xa87a45, 0xcfa468].map(fromHex);
const IRISES = [0x3a2415, 0x4d331c, 0x5f4a26, 0x5d6b3a, 0x4f7389, 0x6f8ea6].map(fromHex);
const FRAMES = [0x141416, 0x3c2416, 0x5a1f24, 0x233349, 0x77716a].map(fromHex);
const GREY = fromHex(0xb9b6b2);

/** The same seed and number always give the same person, however many others there are. */
export function drawPerson(seed: number, id: number): Person {
  const rng = new Rng(seed).fork(`person ${id}`);
  const age = rng.next() ** 1.3;
  const masculine = rng.next() < 0.5;
  const tone = rng.next() * (SKINS.length - 1);
  const skin = mixColors(SKINS[Math.floor(tone)]!, SKINS[Math.ceil(tone)]!, tone % 1);
  const hair = drawHairColor(rng, tone, age);
  const hairStyle = drawHairStyle(rng, masculine, age);
  return {
    id,
    age,
    shape: drawShape(rng, masculine, age),
    skin,
    lips: drawLips(rng, skin, masculine),
    iris: drawIris(rng, tone),
    hair,
    browColor: scaleColor(mixColors(hair, fromHex(0x2a1d15), 0.45), 0.8),
    hairStyle,
    beard: masculine ? rng.pick(['none', 'none', 'stubble', 'moustache', 'full'] as const) : 'none',
    glasses: rng.next() < 0.22 ? drawGlasses(rng) : null,
    freckles: tone < 2.5 && rng.next() < 0.4 ? rng.range(0.3, 1) : 0,
    sides: { left: rng.range(0.86, 1.08), right: rng.range(0.86, 1.08) },
  };
}

function drawShape(rng: Rng, masculine: boolean, age: number): HeadShape {
  const around = (mean: number, spread: number) => mean + spread * Math.max(-2, Math.min(2, rng.normal()));
  const m = masculine ? 1 : 0;
  return {
    width: around(0.985, 0.035),
    jaw: around(0.93 + 0.09 * m, 0.05),
    chin: around(0.98 + 0.04 * m, 0.03),
    cheeks: around(1 - 0.2 * m, 0.25),
    nose: {
      length: around(0.98 + 0.04 * m, 0.06),
      width: around(0.95 + 0.1 * m, 0.12),
      height: around(1 + 0.08 * m, 0.14),
    },
    eyes: {
      size: around(1.08 - 0.1 * m - 0.04 * age, 0.05),
      spacing: around(1, 0.035),
      tilt: around(0.05 - 0.03 * m, 0.05),
      heavyLids: Math.max(0, around(0.15 + 0.35 * age, 0.15)),
    },
    brows: {
      height: around(-0.005 + 0.02 * m, 0.018),
      thickness: around(0.85 + 0.35 * m, 0.14),
      arch: around(1.1 - 0.5 * m, 0.3),
      density: around(0.85, 0.1),
    },
    mouth: {
      width: around(1, 0.07),
      upperLip: around(1.08 - 0.25 * m - 0.2 * age, 0.14),
      lowerLip: around(1.1 - 0.2 * m - 0.15 * age, 0.14),
      y: around(0, 0.015),
    },
    ears: around(1, 0.1),
    hairline: around(0.02 * m, 0.04),
  };
}

function drawHairColor(rng: Rng, tone: number, age: number): Rgb {
  const lightest = tone < 3 ? HAIRS.length : tone < 5 ? 4 : 2;
  const grey = age > 0.6 ? rng.next() * (age - 0.35) * 1.6 : 0;
  return mixColors(rng.pick(HAIRS.slice(0, lightest)), GREY, Math.min(1, grey));
}

function drawHairStyle(rng: Rng, masculine: boolean, age: number): HairStyle {
  if (!masculine) return rng.pick(['long', 'long', 'fringe', 'bun', 'parted', 'curly'] as const);
  if (age > 0.5) return rng.pick(['bald', 'receding', 'receding', 'cropped', 'parted'] as const);
  return rng.pick(['cropped', 'cropped', 'parted', 'parted', 'curly', 'fringe', 'bald'] as const);
}

function drawLips(rng: Rng, skin: Rgb, masculine: boolean): Rgb {
  const natural: Rgb = [skin[0] * 0.78, skin[1] * 0.5, skin[2] * 0.52];
  const painted = fromHex(rng.pick([0xa8434a, 0xb5525a, 0x8e3443, 0xc0696a]));
  return masculine || rng.next() < 0.5 ? natural : mixColors(natural, painted, rng.range(0.25, 0.7));
}

function drawIris(rng: Rng, tone: number): Rgb {
  return rng.pick(IRISES.slice(0, tone < 3 ? IRISES.length : 3));
}

function drawGlasses(rng: Rng): Glasses {
  return { color: rng.pick(FRAMES), round: rng.next() < 0.4, thickness: rng.range(0.016, 0.03) };
}
