import type { ComputeProgram } from './compute-program.ts';

/** Forgotten all at once: a buffer in use stays with the commands that use it. */
const MOST_KEPT = 8192;

/**
 * Uniform buffers by their bytes. Why kept: a training step gives the same numbers as the step before, and writing them
 * anew is a good part of what a dispatch costs the CPU.
 */
export class KeptUniforms {
  readonly #device: GPUDevice;
  readonly #buffers = new Map<string, GPUBuffer>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** A buffer with these bytes, which nobody changes; null for a program whose numbers are others at every step. */
  bufferOf({ uniforms }: ComputeProgram, bytes: ArrayBuffer): GPUBuffer | null {
    if (Object.values(uniforms).includes('f32')) return null;
    const key = new Uint32Array(bytes).join(' ');
    const known = this.#buffers.get(key);
    if (known !== undefined) return known;
    if (this.#buffers.size >= MOST_KEPT) this.#buffers.clear();
    const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM;
    const buffer = this.#device.createBuffer({ size: bytes.byteLength, usage });
    this.#device.queue.writeBuffer(buffer, 0, bytes);
    this.#buffers.set(key, buffer);
    return buffer;
  }
}
