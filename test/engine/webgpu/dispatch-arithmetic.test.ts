import { describe, expect, it } from 'vitest';
import { batchParts } from '../../../src-main/engine/webgpu/batch-parts.ts';
import { uniformBytes, type ComputeProgram } from '../../../src-main/engine/webgpu/compute-program.ts';
import { foldWorkgroups } from '../../../src-main/engine/webgpu/workgroups.ts';

describe('workgroups folded over three axes', () => {
  it('stay on one axis up to the limit', () => {
    expect(foldWorkgroups(65_535, 65_535)).toEqual([65_535, 1, 1]);
  });

  it('become two even rows just above it', () => {
    expect(foldWorkgroups(65_536, 65_535)).toEqual([32_768, 2, 1]);
  });

  it.each([10, 11, 99, 100, 101, 512, 999, 1000])('cover %i with axes of at most 10, few to spare', (total) => {
    const [x, y, z] = foldWorkgroups(total, 10);
    expect(Math.max(x, y, z)).toBeLessThanOrEqual(10);
    expect(x * y * z).toBeGreaterThanOrEqual(total);
    expect(x * y * z - total).toBeLessThan(y * z);
  });

  it('are refused where three axes do not hold them', () => {
    expect(() => foldWorkgroups(1001, 10)).toThrow('1001 workgroups');
  });
});

describe('parts of a batch', () => {
  it('are the whole where a shader sees it at once', () => {
    expect(batchParts(8, [100, 50], 800)).toEqual([{ start: 0, count: 8 }]);
    expect(batchParts(0, [100], 800)).toEqual([]);
  });

  it('are even, no longer than a binding, and start where one may start', () => {
    const parts = batchParts(21, [192, 64], 1920);
    expect(parts).toEqual([0, 8, 16].map((start) => ({ start, count: Math.min(8, 21 - start) })));
    for (const { start } of parts) for (const bytes of [192, 64]) expect((start * bytes) % 256).toBe(0);
  });

  it('start anywhere where a shader does not see as many entries as an alignment takes', () => {
    expect(batchParts(5, [180, 300], 700)).toEqual([
      { start: 0, count: 2 },
      { start: 2, count: 2 },
      { start: 4, count: 1 },
    ]);
  });

  it('are refused where one entry is too long', () => {
    expect(() => batchParts(3, [1024], 1000)).toThrow('1024 bytes must be seen by one shader');
  });
});

describe('the bytes of uniforms', () => {
  const program: ComputeProgram = {
    ...{ label: 'p', buffers: [], workgroupSize: 1, body: '' },
    uniforms: { lr: 'f32', shift: 'i32' },
  };

  it('are the number of workgroups and the values in the order of the program', () => {
    const view = new DataView(uniformBytes(program, 7, { shift: -2, lr: 0.5 }));
    expect([view.getUint32(0, true), view.getFloat32(4, true), view.getInt32(8, true)]).toEqual([7, 0.5, -2]);
  });

  it('are not made up for a value that is missing', () => {
    expect(() => uniformBytes(program, 7, { lr: 1 })).toThrow('no value for the uniform shift');
  });
});
