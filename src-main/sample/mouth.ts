/** The mouth, drawn on the surface of the face: lips with volume, and teeth and tongue where it is open. */
import type { FaceState } from './action-units.ts';
import { bump, clamp01, mix, smoothstep } from './curves.ts';
import type { Rgb } from './color.ts';
import type { Person } from './person.ts';
import type { SurfacePoint } from './shading.ts';

/** The mouth of one frame, in face units. */
export type Mouth = {
  lips: Rgb;
  y: number;
  halfWidth: number;
  /** How far the corners lie below the middle, on the picture's left and right. */
  corners: readonly [left: number, right: number];
  openUp: number;
  openDown: number;
  upperLip: number;
  lowerLip: number;
  teethEdge: number;
  lowerTeethEdge: number;
};

const EDGE = 0.013;

export function openMouth(person: Person, face: FaceState): Mouth {
  const { mouth } = person.shape;
  const { left, right } = person.sides;
  const y = 0.77 + mouth.y - 0.03 * face.chinUp - 0.01 * face.upperLipUp;
  const corner = -0.014 - 0.125 * face.cornerUp + 0.1 * face.cornerDown + 0.02 * face.stretch + 0.05 * face.upperLipUp;
  const wide =
    1 + 0.36 * face.cornerUp + 0.34 * face.stretch - 0.12 * face.jawDrop - 0.3 * face.pucker - 0.06 * face.lipTight;
  const thin = 1 - 0.62 * face.lipTight;
  const full = 1 + 0.35 * face.pucker - 0.18 * face.cornerUp - 0.2 * face.stretch;
  return {
    lips: person.lips,
    y,
    halfWidth: 0.29 * mouth.width * Math.max(0.5, wide),
    corners: [corner * left, corner * right],
    openUp: Math.max(0, 0.018 * face.lipsPart + 0.06 * face.upperLipUp + 0.02 * face.cornerUp * face.lipsPart),
    openDown: Math.max(0, 0.3 * face.jawDrop + 0.05 * face.lipsPart + 0.055 * face.stretch * face.lipsPart),
    upperLip: Math.max(0.012, 0.072 * mouth.upperLip * thin * full * (1 - 0.2 * face.upperLipUp)),
    lowerLip: Math.max(0.016, 0.094 * mouth.lowerLip * thin * full),
    teethEdge: y + 0.05,
    lowerTeethEdge: y + 0.3 * face.jawDrop + 0.015 - 0.04 * face.stretch,
  };
}

export function nearMouth(mouth: Mouth, x: number, y: number): boolean {
  return Math.abs(x) < mouth.halfWidth + 0.06 && y > mouth.y - 0.35 && y < mouth.y + mouth.openDown + 0.3;
}

/** Draws what of the mouth lies at (x, y) over the skin in `point`. */
export function paintMouth(mouth: Mouth, x: number, y: number, point: SurfacePoint): void {
  const t = x / mouth.halfWidth;
  const arc = Math.max(0, 1 - t * t);
  const line = mouth.y + mouth.corners[t < 0 ? 0 : 1] * Math.abs(t) ** 1.7 + 0.008 * bump(t / 0.25, 0);
  const innerUpper = line - mouth.openUp * arc ** 0.7;
  const innerLower = line + mouth.openDown * arc ** 0.62;
  const bow = 0.82 + 0.32 * bump((Math.abs(t) - 0.24) / 0.22, 0) - 0.1 * bump(t / 0.1, 0);
  const upperLip = mouth.upperLip * arc ** 0.62 * bow;
  const lowerLip = mouth.lowerLip * arc ** 0.72;
  const ends = smoothstep(1.04, 0.96, Math.abs(t));
  const above = (innerUpper - y) / (upperLip + 1e-6);
  const below = (y - innerLower) / (lowerLip + 1e-6);
  paintLip(
    mouth.lips,
    ends * cover(innerUpper - upperLip, innerUpper, y),
    { roll: 0.9 * (0.75 - above), tint: 0.86 },
    point,
  );
  paintLip(
    mouth.lips,
    ends * cover(innerLower, innerLower + lowerLip, y),
    { roll: 1.5 * (below - 0.4), tint: 1.08 },
    point,
  );
  const open = innerLower - innerUpper;
  if (open > 0.004) paintInside(mouth, { x, y, t, top: innerUpper }, ends * cover(innerUpper, innerLower, y), point);
  const seam = ends * smoothstep(0.03, 0.006, open) * bump(0, (y - line) / 0.014);
  const dimple = 0.45 * bump((Math.abs(t) - 1.03) / 0.1, (y - line) / 0.035);
  darken(point, 1 - 0.75 * clamp01(seam + dimple));
}

/** 1 between two heights, 0 outside, soft at both. */
function cover(top: number, bottom: number, y: number): number {
  return smoothstep(-EDGE, EDGE, y - top) * smoothstep(-EDGE, EDGE, bottom - y);
}

/** `roll` turns the surface up (negative) or down. */
function paintLip(lips: Rgb, share: number, { roll, tint }: { roll: number; tint: number }, point: SurfacePoint): void {
  if (share <= 0) return;
  const tone = share * 0.85;
  point.red = mix(point.red, lips[0] * tint, tone);
  point.green = mix(point.green, lips[1] * tint, tone);
  point.blue = mix(point.blue, lips[2] * tint, tone);
  point.gloss = mix(point.gloss, 0.75, share);
  const length = Math.sqrt(point.nx * point.nx + point.ny * point.ny + point.nz * point.nz);
  point.ny += roll * share * length;
}

type InsidePlace = { x: number; y: number; t: number; top: number };

function paintInside(mouth: Mouth, { x, y, t, top }: InsidePlace, share: number, point: SurfacePoint): void {
  if (share <= 0) return;
  const gap = 1 - 0.22 * bump(0, (Math.abs(x % 0.062) - 0.031) / 0.005);
  const corner = 1 - 0.75 * t * t;
  const upperTeeth = smoothstep(EDGE, -EDGE, y - mouth.teethEdge - 0.012 * t * t);
  const lowerTeeth = smoothstep(-EDGE, EDGE, y - mouth.lowerTeethEdge) * (1 - upperTeeth);
  const tongue = bump(t / 0.6, (y - mouth.y - mouth.openDown) / 0.11) * (1 - upperTeeth);
  const teeth = clamp01(upperTeeth + 0.75 * lowerTeeth) * gap * corner;
  const lipShadow = 0.55 + 0.45 * smoothstep(0, 0.05, y - top);
  point.red = mix(point.red, (0.035 + 0.25 * tongue + 0.72 * teeth) * lipShadow, share);
  point.green = mix(point.green, (0.01 + 0.06 * tongue + 0.68 * teeth) * lipShadow, share);
  point.blue = mix(point.blue, (0.012 + 0.06 * tongue + 0.6 * teeth) * lipShadow, share);
  point.gloss = mix(point.gloss, 0.3 * teeth, share);
}

function darken(point: SurfacePoint, factor: number): void {
  point.red *= factor;
  point.green *= factor;
  point.blue *= factor;
}
