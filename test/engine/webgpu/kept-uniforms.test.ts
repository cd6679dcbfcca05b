import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ComputeProgram } from '../../../src-main/engine/webgpu/compute-program.ts';
import { KeptUniforms } from '../../../src-main/engine/webgpu/kept-uniforms.ts';

const program = (uniforms: ComputeProgram['uniforms']) => ({ uniforms }) as ComputeProgram;
const bytes = (...numbers: number[]) => Uint32Array.from(numbers).buffer;

describe('uniform buffers', () => {
  const writeBuffer = vi.fn();
  const device = { createBuffer: ({ size }: { size: number }) => ({ size }), queue: { writeBuffer } };
  let kept: KeptUniforms;

  beforeEach(() => {
    vi.stubGlobal('GPUBufferUsage', { COPY_DST: 8, UNIFORM: 64 });
    writeBuffer.mockClear();
    kept = new KeptUniforms(device as unknown as GPUDevice);
  });

  it('are written once for the same numbers, whatever the program', () => {
    const first = kept.bufferOf(program({ size: 'u32' }), bytes(3, 7));
    expect(first).toEqual({ size: 8 });
    expect(kept.bufferOf(program({ rows: 'i32' }), bytes(3, 7))).toBe(first);
    expect(writeBuffer).toHaveBeenCalledTimes(1);
  });

  it('are others for other numbers', () => {
    const first = kept.bufferOf(program({ size: 'u32' }), bytes(3, 7));
    expect(kept.bufferOf(program({ size: 'u32' }), bytes(37))).not.toBe(first);
    expect(writeBuffer).toHaveBeenCalledTimes(2);
  });

  it('are not kept where numbers change at every step, such as a learning rate', () => {
    expect(kept.bufferOf(program({ size: 'u32', lr: 'f32' }), bytes(3, 7))).toBeNull();
    expect(writeBuffer).not.toHaveBeenCalled();
  });
});
