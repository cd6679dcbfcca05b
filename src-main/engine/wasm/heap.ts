import { AppError } from '../../contract/errors.ts';

const PAGE_BYTES = 65536;
const ALIGNMENT = 64;
/** Kernels may read (never use) up to one wide register tile past the end of a tensor. */
const OVERREAD_BYTES = 64;
const SMALLEST_BLOCK_BYTES = 256;
/** Addresses below stay unused, so that 0 is no block and what lies shortly before one has an address. */
const FIRST_ADDRESS = 65536;
const INITIAL_PAGES = 256;
const MEGABYTE = 1024 * 1024;

export type HeapOptions = {
  limitBytes: number;
  shared: boolean;
  /** Fills freed blocks with NaN: tests find reads of dead memory. */
  poison?: boolean;
};

/**
 * One WebAssembly memory, cut into blocks of size classes (eight to a power of two) that are aligned to 64 bytes and
 * reused through free lists. The backend owns it. It grows up to its limit, then refuses.
 */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly limitBytes: number;
  readonly #poison: boolean;
  /** The memory's buffers: growth makes a new one, older views keep theirs. */
  readonly #buffers = new WeakSet<object>();
  readonly #free = new Map<number, number[]>();
  #top = FIRST_ADDRESS;
  #liveBytes = 0;
  #floats: Float32Array;

  constructor({ limitBytes, shared, poison = false }: HeapOptions) {
    const maximum = Math.max(INITIAL_PAGES, Math.floor(limitBytes / PAGE_BYTES));
    this.memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared });
    this.limitBytes = maximum * PAGE_BYTES;
    this.#poison = poison;
    this.#floats = this.#view();
  }

  /** Bytes of the blocks in use, rounded up to their classes. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** The whole memory as floats; valid until the next allocation. */
  get floats(): Float32Array {
    return this.#floats;
  }

  /** True for arrays over this memory. */
  contains(array: ArrayBufferView): boolean {
    return this.#buffers.has(array.buffer);
  }

  /**
   * Address of a block of at least `bytes` bytes, content undefined.
   * @throws AppError `out-of-memory` with the figures
   */
  allocate(bytes: number): number {
    const size = blockBytes(bytes);
    const address = this.#free.get(size)?.pop() ?? this.#extend(size, bytes);
    this.#liveBytes += size;
    return address;
  }

  /** Gives back a block that was allocated with the same `bytes`. */
  release(address: number, bytes: number): void {
    const size = blockBytes(bytes);
    this.#liveBytes -= size;
    if (this.#poison) this.#floats.fill(NaN, address / 4, (address + size) / 4);
    this.#list(address, size);
  }

  #extend(size: number, asked: number): number {
    if (this.#top + size > this.limitBytes) {
      const address = this.#fit(size);
      if (address !== null) return address;
    }
    const end = this.#top + size;
    if (end > this.limitBytes) throw this.#tooLarge(asked);
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) this.#grow(Math.ceil(missing / PAGE_BYTES), asked);
    const address = this.#top;
    this.#top = end;
    return address;
  }

  /**
   * Room for a block among all that is free, where blocks of other sizes lie side by side: a step that is taken again in
   * smaller passes asks for other sizes than before. What is left over stays free.
   * @returns its address, or null
   */
  #fit(size: number): number | null {
    const regions = this.#freeRegions();
    const chosen = regions.filter((region) => region.size >= size).sort((a, b) => a.size - b.size)[0];
    this.#free.clear();
    for (const region of regions) {
      const taken = region === chosen ? size : 0;
      if (region.size > taken) this.#list(region.address + taken, region.size - taken);
    }
    return chosen?.address ?? null;
  }

  /** All that is free below the top, neighbours joined. */
  #freeRegions(): { address: number; size: number }[] {
    const blocks = [...this.#free].flatMap(([size, addresses]) => addresses.map((address) => ({ address, size })));
    const regions: { address: number; size: number }[] = [];
    for (const block of blocks.sort((a, b) => a.address - b.address)) {
      const last = regions.at(-1);
      if (last !== undefined && last.address + last.size === block.address) last.size += block.size;
      else regions.push({ ...block });
    }
    const last = regions.at(-1);
    if (last !== undefined && last.address + last.size === this.#top) this.#top = regions.pop()!.address;
    return regions;
  }

  #list(address: number, size: number): void {
    const list = this.#free.get(size);
    if (list === undefined) this.#free.set(size, [address]);
    else list.push(address);
  }

  #grow(pages: number, asked: number): void {
    const size = this.memory.buffer.byteLength / PAGE_BYTES;
    const room = this.limitBytes / PAGE_BYTES - size;
    try {
      this.memory.grow(Math.min(room, Math.max(pages, Math.ceil(size / 2))));
    } catch {
      throw this.#tooLarge(asked);
    }
    this.#floats = this.#view();
  }

  #view(): Float32Array {
    this.#buffers.add(this.memory.buffer);
    return new Float32Array(this.memory.buffer);
  }

  #tooLarge(asked: number): AppError {
    const mb = (bytes: number) => `${Math.ceil(bytes / MEGABYTE)} MB`;
    return new AppError(
      'out-of-memory',
      `CPU engine: needs ${mb(asked)} more, but ${mb(this.#liveBytes)} of its limit of ${mb(this.limitBytes)} are in use.`,
      { hint: 'Use a smaller batch, fewer frames or smaller crops, or raise the memory limit.' },
    );
  }
}

/** Size class: steps of an eighth of a power of two. */
function blockBytes(bytes: number): number {
  const needed = Math.max(bytes + OVERREAD_BYTES, SMALLEST_BLOCK_BYTES);
  const step = Math.max(ALIGNMENT, 2 ** (Math.floor(Math.log2(needed)) - 3));
  return Math.ceil(needed / step) * step;
}
