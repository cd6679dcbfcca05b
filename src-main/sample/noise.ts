import type { Rng } from '../data/rng.ts';

const SIDE = 64;

/** Smooth random fields of one seed: the grain of skin, hair, cloth and walls, and slow movements. */
export class Noise {
  readonly #lattice: Float32Array;

  constructor(rng: Rng) {
    this.#lattice = Float32Array.from({ length: SIDE * SIDE }, () => rng.range(-1, 1));
  }

  /** Value noise in [-1, 1]; features are about one unit wide, the field repeats after 64. */
  at(x: number, y: number): number {
    const column = Math.floor(x);
    const row = Math.floor(y);
    const fx = fade(x - column);
    const fy = fade(y - row);
    const top = this.#lerp(column, row, fx);
    const bottom = this.#lerp(column, row + 1, fx);
    return top + (bottom - top) * fy;
  }

  /** Sum of octaves, each half as strong and twice as fine as the one before. */
  octaves(x: number, y: number, count: number): number {
    let sum = 0;
    let gain = 0.5;
    let scale = 1;
    for (let i = 0; i < count; i++) {
      sum += gain * this.at(x * scale + 17 * i, y * scale + 31 * i);
      gain /= 2;
      scale *= 2;
    }
    return sum;
  }

  #lerp(column: number, row: number, share: number): number {
    const base = (row & (SIDE - 1)) * SIDE;
    const left = this.#lattice[base + (column & (SIDE - 1))]!;
    const right = this.#lattice[base + ((column + 1) & (SIDE - 1))]!;
    return left + (right - left) * share;
  }
}

function fade(t: number): number {
  return t * t * (3 - 2 * t);
}
