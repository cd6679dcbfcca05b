import { frameAt } from './time-scale.ts';

/**
 * Which frame a player shows, and where it has to be to show one. A player rounds times, so it is sent to the middle of a
 * frame, never to its edge.
 */
export class PlayedFrames {
  readonly #startsSec: Float64Array;
  readonly #stepSec: number;

  /** @param startsSec - when each frame begins in what is played */
  constructor(startsSec: Float64Array) {
    this.#startsSec = startsSec;
    const last = startsSec.length - 1;
    this.#stepSec = last > 0 ? (startsSec[last]! - startsSec[0]!) / last : 0.04;
  }

  /** Of a copy in which frame i begins at i / fps. */
  static evenly(frames: number, fps: number): PlayedFrames {
    return new PlayedFrames(Float64Array.from({ length: frames }, (_, i) => i / fps));
  }

  get count(): number {
    return this.#startsSec.length;
  }

  /** When the last frame begins. */
  get lastSec(): number {
    return this.#startsSec.at(-1) ?? 0;
  }

  /** Where to send the player so that it shows a frame: so far into it, its middle by default. */
  insideSec(frame: number, share = 0.5): number {
    const start = this.#startsSec[frame] ?? 0;
    const end = this.#startsSec[frame + 1] ?? start + this.#stepSec;
    return Math.max(0, start + share * (end - start));
  }

  /** The frame whose picture carries a time; times of pictures are exact to less than a quarter of a step. */
  at(mediaSec: number): number {
    return frameAt(this.#startsSec, mediaSec + this.#stepSec / 8);
  }
}
