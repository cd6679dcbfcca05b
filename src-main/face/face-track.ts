import type { Box } from '../contract/records.ts';
import type { Pose } from './pose.ts';

/** One face at one frame. */
export type Sight = {
  frame: number;
  /** `detected` by a net, or `tracked` between two detections and verified by its looks. */
  origin: 'detected' | 'tracked';
  confidence: number;
  /** Tight aligned square, pixels. */
  pose: Pose;
  box: Box;
};

const COLUMNS = 11;
const FIRST_CAPACITY = 64;

/**
 * Sights of one face, in columns of 32-bit floats so that an hour of them takes a few megabytes. Sights may be added in any
 * order; {@link FaceTrack.sorted} puts them in the order of frames.
 */
export class FaceTrack {
  static readonly BYTES_A_SIGHT = COLUMNS * 4;

  #cells = new Float32Array(FIRST_CAPACITY * COLUMNS);
  #count = 0;

  /** The tracks of one person, joined and in the order of frames. */
  static joined(tracks: readonly FaceTrack[]): FaceTrack {
    const joined = new FaceTrack();
    for (const track of tracks) for (const sight of track) joined.add(sight);
    return joined.sorted();
  }

  /** @param bytes - as {@link FaceTrack.bytes} gave them */
  static fromBytes(bytes: Uint8Array): FaceTrack {
    const track = new FaceTrack();
    track.#cells = new Float32Array(new Uint8Array(bytes).buffer);
    track.#count = track.#cells.length / COLUMNS;
    return track;
  }

  get count(): number {
    return this.#count;
  }

  add({ frame, origin, confidence, pose, box }: Sight): void {
    if ((this.#count + 1) * COLUMNS > this.#cells.length) this.#grow();
    const { x, y, a, b } = pose;
    const row = [frame, origin === 'detected' ? 1 : 0, confidence, x, y, a, b, box.x, box.y, box.width, box.height];
    this.#cells.set(row, this.#count * COLUMNS);
    this.#count++;
  }

  /** @param i - 0 is the first sight, -1 the last */
  at(i: number): Sight {
    if (i < 0) return this.at(this.#count + i);
    const cell = (column: number) => this.#cells[i * COLUMNS + column]!;
    return {
      frame: cell(0),
      origin: cell(1) === 1 ? 'detected' : 'tracked',
      confidence: cell(2),
      pose: { x: cell(3), y: cell(4), a: cell(5), b: cell(6) },
      box: { x: cell(7), y: cell(8), width: cell(9), height: cell(10) },
    };
  }

  *[Symbol.iterator](): Generator<Sight> {
    for (let i = 0; i < this.#count; i++) yield this.at(i);
  }

  /** A copy in the order of frames. */
  sorted(): FaceTrack {
    const order = Array.from({ length: this.#count }, (_, i) => i);
    const frameOf = (i: number) => this.#cells[i * COLUMNS]!;
    order.sort((one, other) => frameOf(one) - frameOf(other));
    const copy = new FaceTrack();
    for (const i of order) copy.add(this.at(i));
    return copy;
  }

  /** A copy in pixels of a picture `factor` times as large. */
  scaled(factor: number): FaceTrack {
    const copy = new FaceTrack();
    copy.#cells = this.#cells.slice(0, this.#count * COLUMNS);
    copy.#count = this.#count;
    for (let i = 0; i < copy.#cells.length; i++) if (i % COLUMNS > 2) copy.#cells[i]! *= factor;
    return copy;
  }

  /** For storage: eleven little-endian 32-bit floats a sight. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#cells.buffer, 0, this.#count * FaceTrack.BYTES_A_SIGHT);
  }

  #grow(): void {
    const larger = new Float32Array(this.#cells.length * 2);
    larger.set(this.#cells);
    this.#cells = larger;
  }
}
