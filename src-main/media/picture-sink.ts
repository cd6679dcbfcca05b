import { Writable } from 'node:stream';

/** Whole pictures that may wait to be read before ffmpeg is held back. */
const MAX_WAITING = 2;

/** Large enough that a pipe is not paused after each of the chunks, of 64 KiB, in which bytes arrive. */
const HIGH_WATER_MARK = 2 ** 20;

/**
 * Takes the raw bytes of a decoder and gives whole pictures. It accepts no more bytes while pictures wait, so memory
 * stays bounded however slow the reader is.
 */
export class PictureSink extends Writable {
  readonly #bytes: number;
  readonly #reuse: boolean;
  readonly #waiting: Uint8Array[] = [];
  readonly #free: Uint8Array[] = [];
  #picture: Uint8Array;
  #filled = 0;
  #accept: (() => void) | undefined;
  #wake: (() => void) | undefined;

  /**
   * @param bytes - of one picture
   * @param reuse - whether a picture's buffer serves again once the next picture is asked for
   */
  constructor(bytes: number, reuse: boolean) {
    // Without a 'close' event: fluent-ffmpeg takes one for a failure if the process outlives it by 20 ms.
    super({ highWaterMark: HIGH_WATER_MARK, emitClose: false });
    this.#bytes = bytes;
    this.#reuse = reuse;
    this.#picture = allocate(bytes);
    this.on('error', () => undefined);
  }

  /** The pictures in order; an incomplete last one is left out. Throws what destroyed the sink. */
  async *pictures(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const picture = this.#waiting.shift();
      if (picture) {
        this.#acceptMore();
        yield picture;
        if (this.#reuse) this.#free.push(picture);
      } else if (this.errored) throw this.errored;
      else if (this.writableFinished || this.destroyed) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    let taken = 0;
    while (taken < chunk.length) {
      const part = chunk.subarray(taken, taken + this.#bytes - this.#filled);
      this.#picture.set(part, this.#filled);
      taken += part.length;
      this.#filled += part.length;
      if (this.#filled === this.#bytes) this.#completePicture();
    }
    this.#accept = callback;
    this.#acceptMore();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    callback(error);
    this.#notify();
  }

  #completePicture(): void {
    this.#waiting.push(this.#picture);
    this.#picture = this.#free.pop() ?? allocate(this.#bytes);
    this.#filled = 0;
    this.#notify();
  }

  #acceptMore(): void {
    if (this.#waiting.length >= MAX_WAITING) return;
    const accept = this.#accept;
    this.#accept = undefined;
    accept?.();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** Not zeroed: every byte is written before it is read. */
function allocate(bytes: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
}
