/** Eyes, drawn on the surface of the face: lids, lashes, white, iris, pupil and the reflection of the light. */
import type { FaceState } from './action-units.ts';
import { bump, clamp01, mix, smoothstep } from './curves.ts';
import type { Rgb } from './color.ts';
import type { Person } from './person.ts';
import type { Lighting, SurfacePoint } from './shading.ts';

/** Gaze in face units of iris movement, x to the picture's right and y down. */
export type Gaze = { x: number; y: number };

/** One eye in one frame, in face units; `outward` is -1 for the eye on the picture's left. */
export type Eye = {
  iris: Rgb;
  lash: number;
  outward: -1 | 1;
  x: number;
  halfWidth: number;
  tilt: number;
  upper: number;
  lower: number;
  crease: number;
  gaze: Gaze;
  glint: readonly [number, number];
};

const IRIS_RADIUS = 0.083;
const PUPIL_RADIUS = 0.036;
const GLINT_RADIUS = 0.019;
/** Softness of edges: about half a picture sample. */
const EDGE = 0.011;

export type EyeMovement = { face: FaceState; gaze: Gaze; blink: number; lighting: Lighting };

export function openEye(person: Person, outward: -1 | 1, { face, gaze, blink, lighting }: EyeMovement): Eye {
  const { size, spacing, tilt, heavyLids } = person.shape.eyes;
  const side = outward < 0 ? person.sides.left : person.sides.right;
  const raised =
    0.086 - 0.022 * heavyLids + 0.076 * side * face.upperLidUp - 0.03 * face.lidTight - 0.016 * face.browDown;
  const squeezed = 0.05 - 0.045 * side * face.cheekUp - 0.03 * face.lidTight - 0.018 * face.noseWrinkle;
  const lower = size * Math.max(0, squeezed + 0.012 * face.upperLidUp);
  const shut = clamp01(blink);
  return {
    iris: person.iris,
    lash: person.age > 0.7 ? 0.05 : 0.02,
    outward,
    x: outward * 0.37 * spacing,
    halfWidth: 0.19 * size,
    tilt: tilt - 0.07 * face.innerBrowUp * (1 - face.outerBrowUp),
    upper: mix(Math.max(0.012, size * raised - 0.02 * face.cheekUp + 0.5 * gaze.y * -1), -0.035, shut),
    lower: mix(lower, 0.04, shut),
    crease: 0.055 - 0.03 * heavyLids,
    gaze,
    glint: [0.045 * lighting.direction[0], 0.045 * lighting.direction[1]],
  };
}

/** Whether a point of the face is near enough for `paintEye` to matter. */
export function nearEye(eye: Eye, x: number, y: number): boolean {
  return y > -0.27 && y < 0.16 && Math.abs(x - eye.x) < eye.halfWidth + 0.06;
}

/** Draws what of the eye lies at (x, y) over the skin in `point`. */
export function paintEye(eye: Eye, x: number, y: number, point: SurfacePoint): void {
  const across = (x - eye.x) * eye.outward;
  const down = y + eye.tilt * across;
  const t = across / eye.halfWidth;
  const arc = Math.max(0, 1 - t * t);
  const upper = -eye.upper * arc ** 0.62 * (1 - 0.12 * t);
  const lower = Math.max(eye.lower * arc ** 0.8 * (1 + 0.15 * t), upper);
  const inside = smoothstep(-EDGE, EDGE, Math.min(down - upper, lower - down)) * smoothstep(1.02, 0.96, Math.abs(t));
  if (inside > 0) paintBall(eye, { across, x: x - eye.x, down, upper, t, inside }, point);
  paintLids(eye, { down, upper, lower, t }, point);
}

type BallPlace = { across: number; x: number; down: number; upper: number; t: number; inside: number };

function paintBall(eye: Eye, place: BallPlace, point: SurfacePoint): void {
  const { t, inside } = place;
  const dx = place.x - eye.gaze.x;
  const dy = place.down + 0.012 - eye.gaze.y;
  const radius = Math.hypot(dx, dy);
  const iris = smoothstep(IRIS_RADIUS + EDGE, IRIS_RADIUS - EDGE, radius);
  const pupil = smoothstep(PUPIL_RADIUS + EDGE, PUPIL_RADIUS - EDGE, radius);
  const ring = 0.45 + 0.75 * smoothstep(IRIS_RADIUS, 0.05, radius) - 0.25 * smoothstep(0.05, 0.03, radius);
  const pink = smoothstep(-0.72, -0.95, t);
  const shadow = (1 - 0.5 * smoothstep(0.075, 0, place.down - place.upper)) * (1 - 0.3 * t * t);
  const glint = smoothstep(GLINT_RADIUS + EDGE, GLINT_RADIUS - EDGE, Math.hypot(dx - eye.glint[0], dy - eye.glint[1]));
  const [red, green, blue] = eye.iris;
  const bright = ring * (1 - 0.92 * pupil);
  const add = 1.1 * glint;
  point.red = mix(point.red, mix(mix(0.64, 0.5, pink), red * 1.5 * bright, iris) * shadow + add, inside);
  point.green = mix(point.green, mix(mix(0.61, 0.23, pink), green * 1.5 * bright, iris) * shadow + add, inside);
  point.blue = mix(point.blue, mix(mix(0.585, 0.2, pink), blue * 1.5 * bright, iris) * shadow + add, inside);
  point.gloss = mix(point.gloss, 0.25, inside);
  point.nx += 2 * place.x * inside;
  point.ny += 2 * place.down * inside;
}

type LidPlace = { down: number; upper: number; lower: number; t: number };

function paintLids(eye: Eye, { down, upper, lower, t }: LidPlace, point: SurfacePoint): void {
  const ends = smoothstep(1.14, 0.92, Math.abs(t));
  const lashes = 0.9 * ends * bump(0, (down - upper + 0.008) / (0.015 + 0.007 * t));
  const lowerLashes = 0.35 * ends * bump(0, (down - lower - 0.004) / 0.011) * smoothstep(-0.7, 0.3, t);
  const open = smoothstep(0.01, 0.06, eye.upper);
  const crease = 0.42 * ends * open * bump(0, (down - upper + eye.crease * (1 - 0.25 * t * t)) / 0.014);
  const rim = 0.18 * ends * bump(0, (down - lower - 0.022) / 0.014);
  const dark = 1 - crease;
  const ink = clamp01(Math.max(lashes, lowerLashes));
  point.red = mix(point.red * dark * (1 + 0.5 * rim), eye.lash, ink);
  point.green = mix(point.green * dark * (1 + 0.2 * rim), eye.lash * 0.8, ink);
  point.blue = mix(point.blue * dark * (1 + 0.2 * rim), eye.lash * 0.7, ink);
}
