import { KernelBuilder, type Target } from './assembler/kernel-builder.ts';
import { Heap, type HeapOptions } from './heap.ts';
import { MAX_CHUNKS } from './job-board.ts';
import { ThreadPool } from './thread-pool.ts';

/** Values a kernel is specialised by. */
export type KernelParams = Record<string, number | boolean | readonly number[] | string | Record<string, number>>;

/** A kernel generator: states the body of the kernel for given parameters. */
export type Generator<P extends KernelParams> = (k: KernelBuilder, params: P) => void;

/** Work items 0..rows-1 in chunks of `chunkRows`; `args` are the numbers that the kernel takes. */
export type Work = { rows: number; chunkRows: number; args: readonly number[] };

export type RuntimeOptions = HeapOptions & { threads: number; target: Target };

/** Heap, threads and the kernels compiled so far. */
export class Runtime {
  readonly heap: Heap;
  readonly pool: ThreadPool;
  readonly target: Target;
  readonly #kernels = new Map<string, number>();

  constructor({ threads, target, ...heapOptions }: RuntimeOptions) {
    this.target = target;
    this.heap = new Heap(heapOptions);
    this.pool = new ThreadPool(this.heap.memory, threads);
  }

  /** Channels of a register tile. */
  get tileWidth(): 8 | 16 {
    return this.target.tileVectors === 4 ? 16 : 8;
  }

  get threads(): number {
    return this.pool.threads;
  }

  get kernelCount(): number {
    return this.#kernels.size;
  }

  /** Generates (once for each set of parameters) and runs a kernel. */
  run<P extends KernelParams>(generate: Generator<P>, params: P, { rows, chunkRows, args }: Work): void {
    const key = `${generate.name} ${JSON.stringify(params)}`;
    let kernel = this.#kernels.get(key);
    if (kernel === undefined) {
      kernel = this.pool.addKernel(kernelBytes(generate, params, this.target));
      this.#kernels.set(key, kernel);
    }
    const smallest = Math.ceil(rows / MAX_CHUNKS);
    this.pool.run({ kernel, rows, chunkRows: Math.max(smallest, Math.ceil(chunkRows)), args });
  }

  /** Rows of a chunk so that all threads have several, for kernels whose result does not depend on the chunks. */
  evenChunks(rows: number, perThread = 4): number {
    return Math.max(1, Math.ceil(rows / (this.threads * perThread)));
  }

  /** Runs `use` with a block of scratch memory. */
  withScratch<T>(bytes: number, use: (address: number) => T): T {
    const address = this.heap.allocate(bytes);
    try {
      return use(address);
    } finally {
      this.heap.release(address, bytes);
    }
  }
}

/** The module of one kernel. */
export function kernelBytes<P extends KernelParams>(
  generate: Generator<P>,
  params: P,
  target: Target,
): Uint8Array<ArrayBuffer> {
  const builder = new KernelBuilder(target);
  generate(builder, params);
  return builder.build();
}
