import { KernelBuilder } from '../engine/wasm/assembler/kernel-builder.ts';
import type { MediaInfo } from '../contract/records.ts';
import type { Size } from './decode-options.ts';
import { PIXELS_AT_ONCE, yuvToRgb } from './yuv-kernel.ts';

const PAGE_BYTES = 2 ** 16;
const TARGET = { relaxedSimd: false, sharedMemory: false, tileVectors: 2 } as const;

/**
 * Whether pictures of this size can come out of ffmpeg as they are stored, in half the bytes of rgb24, and be converted
 * here. What is scaled or turned, or stored in another way, ffmpeg converts.
 */
export function isConvertible({ pixels, rotation, width, height }: MediaInfo, size: Size): boolean {
  const keepsSize = size.width === width && size.height === height && rotation === 0;
  return pixels === 'yuv420p-bt601' && keepsSize && width % PIXELS_AT_ONCE === 0 && height % 2 === 0;
}

/** Turns 4:2:0 pictures of one size into rgb24, with the numbers of ffmpeg's own converter. */
export class YuvConverter {
  readonly pictureBytes: number;
  readonly #size: Size;
  readonly #planes: Uint8Array;
  readonly #rgb: Uint8Array;
  readonly #run: (...args: number[]) => void;

  constructor(size: Size) {
    const pixels = size.width * size.height;
    this.#size = size;
    this.pictureBytes = pixels * 1.5;
    const pages = Math.ceil((this.pictureBytes + pixels * 3) / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: TARGET.sharedMemory });
    this.#planes = new Uint8Array(memory.buffer, 0, this.pictureBytes);
    this.#rgb = new Uint8Array(memory.buffer, this.pictureBytes, pixels * 3);
    const kernel = new KernelBuilder(TARGET);
    yuvToRgb(kernel, size);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernel.build()), { e: { m: memory } });
    this.#run = exports['k'] as (...args: number[]) => void;
  }

  /**
   * @param planes - Y, U and V of a picture, one behind the other
   * @returns [h,w,3] bytes, overwritten by the next picture
   */
  convert(planes: Uint8Array): Uint8Array {
    this.#planes.set(planes);
    this.#run(0, this.#size.height / 2, 0, this.#planes.byteOffset, this.#rgb.byteOffset);
    return this.#rgb;
  }
}
