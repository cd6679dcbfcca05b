import { describe, expect, test } from 'vitest';
import { Heap } from '../../../src-main/engine/wasm/heap.ts';

const MB = 1024 * 1024;

describe('heap', () => {
  test('blocks are aligned to 64 bytes and do not overlap', () => {
    const heap = new Heap({ limitBytes: 64 * MB, shared: false });
    const sizes = [1, 100, 256, 1000, 4096, 5000, 70_000];
    const blocks = sizes.map((bytes) => ({ bytes, address: heap.allocate(bytes) }));
    blocks.forEach(({ bytes, address }, i) => {
      expect(address % 64).toBe(0);
      const next = blocks[i + 1];
      if (next !== undefined) expect(next.address).toBeGreaterThanOrEqual(address + bytes + 64);
    });
  });

  test('a freed block is used again, and live bytes return to 0', () => {
    const heap = new Heap({ limitBytes: 64 * MB, shared: false });
    const first = heap.allocate(5000);
    heap.release(first, 5000);
    expect(heap.liveBytes).toBe(0);
    expect(heap.allocate(4990)).toBe(first);
  });

  test('grows up to its limit, then refuses with the figures (blocks rounded up)', () => {
    const heap = new Heap({ limitBytes: 40 * MB, shared: true });
    heap.allocate(30 * MB);
    expect(() => heap.allocate(20 * MB)).toThrow(/needs 20 MB more, but 32 MB of its limit of 40 MB are in use/);
  });

  test('at its limit, free blocks side by side make room for one of another size', () => {
    const heap = new Heap({ limitBytes: 40 * MB, shared: false });
    const blocks = [5, 7, 7, 5, 7].map((size) => ({ address: heap.allocate(size * MB), bytes: size * MB }));
    const [, second, third, , last] = blocks;
    for (const block of [second!, third!, last!]) heap.release(block.address, block.bytes);
    expect(heap.allocate(13 * MB)).toBe(second!.address);
    expect(heap.allocate(8 * MB)).toBe(last!.address);
    expect(() => heap.allocate(7 * MB)).toThrow('needs 7 MB more');
    heap.release(second!.address, 13 * MB);
    expect(heap.allocate(12 * MB)).toBe(second!.address);
  });

  test('knows arrays from before it grew', () => {
    const heap = new Heap({ limitBytes: 64 * MB, shared: true });
    const before = new Float32Array(heap.memory.buffer, heap.allocate(400), 100);
    heap.allocate(40 * MB);
    expect(heap.contains(before)).toBe(true);
    expect(heap.contains(new Float32Array(100))).toBe(false);
  });

  test('poisoned memory is NaN after its release', () => {
    const heap = new Heap({ limitBytes: 64 * MB, shared: false, poison: true });
    const address = heap.allocate(400);
    heap.floats.fill(1, address / 4, address / 4 + 100);
    heap.release(address, 400);
    expect(heap.floats[address / 4 + 50]).toBeNaN();
  });
});
