/** How action units move the skin: for each unit a smooth displacement of the head's surface, in face units. */
import type { ActionUnit, FaceState } from './action-units.ts';
import { ACTION_UNITS } from './action-units.ts';
import { bump, smoothstep } from './curves.ts';
import { hairCover } from './hair.ts';
import type { Person } from './person.ts';
import type { SurfaceGrid } from './surface-grid.ts';

/** Displacement at a rest point; `side` is |x|, and dx is positive away from the middle of the face. */
type Movement = (side: number, y: number) => readonly [dx: number, dy: number, dz: number];

const still = [0, 0, 0] as const;

const MOVEMENTS: Partial<Record<ActionUnit, Movement>> = {
  innerBrowUp: (side, y) => {
    const w = bump((side - 0.17) / 0.17, (y + 0.34) / 0.24);
    return [-0.02 * w, -0.15 * w, 0.01 * w];
  },
  outerBrowUp: (side, y) => {
    const w = bump((side - 0.5) / 0.24, (y + 0.34) / 0.24);
    return [0, -0.14 * w, 0];
  },
  browDown: (side, y) => {
    const w = bump((side - 0.2) / 0.2, (y + 0.28) / 0.18);
    return [-0.075 * w, 0.12 * w, 0.03 * w];
  },
  cheekUp: (side, y) => {
    const w = bump((side - 0.48) / 0.2, (y - 0.32) / 0.18);
    return [0, -0.06 * w, 0.07 * w];
  },
  noseWrinkle: (side, y) => {
    const wing = bump((side - 0.16) / 0.13, (y - 0.4) / 0.14);
    const bridge = bump((side - 0.12) / 0.14, (y - 0.02) / 0.14);
    return [0.02 * wing, -0.07 * wing - 0.03 * bridge, 0.03 * bridge];
  },
  upperLipUp: (side, y) => {
    const w = bump((side - 0.2) / 0.2, (y - 0.58) / 0.14);
    return [0.02 * w, -0.06 * w, 0.05 * w];
  },
  cornerUp: (side, y) => {
    const w = bump((side - 0.38) / 0.17, (y - 0.68) / 0.16);
    const apple = bump((side - 0.46) / 0.18, (y - 0.42) / 0.14);
    return [0.07 * w, -0.09 * w - 0.04 * apple, -0.04 * w + 0.08 * apple];
  },
  cornerDown: (side, y) => {
    const w = bump((side - 0.34) / 0.15, (y - 0.84) / 0.16);
    return [0, 0.08 * w, 0];
  },
  chinUp: (side, y) => {
    const w = bump(side / 0.22, (y - 1.08) / 0.14);
    return [0, -0.06 * w, 0.05 * w];
  },
  pucker: (side, y) => {
    const w = bump(side / 0.3, (y - 0.77) / 0.16);
    return [-0.05 * w, 0, 0.07 * w];
  },
  stretch: (side, y) => {
    const w = bump((side - 0.38) / 0.17, (y - 0.8) / 0.16);
    return [0.08 * w, 0.03 * w, -0.03 * w];
  },
  jawDrop: (side, y) => {
    const w = smoothstep(0.68, 1.02, y) * smoothstep(1.1, 0.72, side);
    return [-0.05 * w, 0.32 * w, -0.07 * w];
  },
};

/** Half-width of the strip in which sideways movements fade out, so that the two sides do not fold over each other. */
const CENTRE_WIDTH = 0.16;

/** Smallest displacement that is kept, in face units. */
const NEGLIGIBLE = 1e-3;

type SparseMovement = { unit: ActionUnit; vertices: Uint16Array; offsets: Float32Array };

/** Moves a head's surface from rest. */
export class FaceRig {
  readonly #rest: Float32Array;
  readonly #movements: SparseMovement[];

  /**
   * @param skin - the surface whose points say what moves
   * @param rest - the same vertices as they are seen at rest, with hair
   */
  constructor(person: Person, skin: SurfaceGrid, rest: Float32Array) {
    this.#rest = rest;
    this.#movements = ACTION_UNITS.flatMap((unit) => {
      const movement = MOVEMENTS[unit];
      return movement ? [sparseMovement(person, skin, unit, movement)] : [];
    });
  }

  /** Writes the surface of `face` into `out`, x, y, z per vertex. */
  pose(face: FaceState, out: Float32Array): void {
    out.set(this.#rest);
    for (const { unit, vertices, offsets } of this.#movements) {
      const weight = face[unit];
      if (weight === 0) continue;
      for (let i = 0; i < vertices.length; i++) {
        const at = 3 * vertices[i]!;
        out[at] = out[at]! + weight * offsets[3 * i]!;
        out[at + 1] = out[at + 1]! + weight * offsets[3 * i + 1]!;
        out[at + 2] = out[at + 2]! + weight * offsets[3 * i + 2]!;
      }
    }
  }
}

function sparseMovement(person: Person, skin: SurfaceGrid, unit: ActionUnit, movement: Movement): SparseMovement {
  const vertices: number[] = [];
  const offsets: number[] = [];
  for (let vertex = 0; 3 * vertex < skin.positions.length; vertex++) {
    const x = skin.positions[3 * vertex]!;
    const y = skin.positions[3 * vertex + 1]!;
    const [dx, dy, dz] = skin.positions[3 * vertex + 2]! > 0 ? movement(Math.abs(x), y) : still;
    if (Math.hypot(dx, dy, dz) < NEGLIGIBLE) continue;
    const gain = sideGain(person, x) * (1 - hairCover(person, [x, y, skin.positions[3 * vertex + 2]!]));
    vertices.push(vertex);
    offsets.push(dx * Math.sign(x) * smoothstep(0, CENTRE_WIDTH, Math.abs(x)) * gain, dy * gain, dz * gain);
  }
  return { unit, vertices: Uint16Array.from(vertices), offsets: Float32Array.from(offsets) };
}

/** How strongly the person moves the face at x: from the left side's gain to the right side's. */
export function sideGain(person: Person, x: number): number {
  const { left, right } = person.sides;
  return left + (right - left) * smoothstep(-0.15, 0.15, x);
}

/** How deep each crease of the texture is (in the order of CREASES). */
export function creaseDepths(face: FaceState): number[] {
  return [
    0.5 * Math.max(face.innerBrowUp, face.outerBrowUp),
    0.75 * face.browDown + 0.3 * face.noseWrinkle,
    0.5 * Math.max(face.cornerUp, 0.9 * face.upperLipUp, 0.6 * face.noseWrinkle),
    0.55 * Math.max(face.cheekUp, face.noseWrinkle),
  ].map((depth) => Math.max(0, depth));
}
