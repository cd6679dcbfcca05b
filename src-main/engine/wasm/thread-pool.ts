import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { JobBoard, type Job, type KernelFunction } from './job-board.ts';
import type { KernelMessage, WorkerInput } from './worker.ts';

type Helper = { worker: Worker; port: MessagePort };

/**
 * The caller and `threads - 1` worker threads that share a memory. Jobs run to their end before `run` returns; the caller
 * works along. Which thread takes which chunk is left to chance, what a chunk does is not.
 */
export class ThreadPool {
  readonly threads: number;
  /** Null for a single thread, which needs no shared memory. */
  readonly #board: JobBoard | null;
  readonly #helpers: Helper[];
  readonly #kernels: KernelFunction[] = [];
  readonly #memory: WebAssembly.Memory;

  constructor(memory: WebAssembly.Memory, threads: number) {
    this.threads = threads;
    this.#memory = memory;
    this.#board = threads > 1 ? new JobBoard() : null;
    this.#helpers = Array.from({ length: threads - 1 }, (_, index) => this.#startHelper(index + 1));
  }

  /** Compiles a kernel for all threads; returns its number. */
  addKernel(bytes: Uint8Array<ArrayBuffer>): number {
    const module = new WebAssembly.Module(bytes);
    const { k } = new WebAssembly.Instance(module, { e: { m: this.#memory } }).exports;
    const id = this.#kernels.push(k as KernelFunction) - 1;
    for (const { port } of this.#helpers) port.postMessage({ id, module } satisfies KernelMessage);
    return id;
  }

  run(job: Job): void {
    const kernel = this.#kernels[job.kernel]!;
    const board = this.#board;
    if (board === null || job.rows <= job.chunkRows) return runAlone(kernel, job);
    board.post(job);
    board.work(0, (id) => this.#kernels[id]);
    board.waitForEnd();
  }

  /** Ends the worker threads. */
  async close(): Promise<void> {
    this.#board?.close();
    for (const { port } of this.#helpers) port.close();
    await Promise.all(this.#helpers.map(({ worker }) => worker.terminate()));
  }

  #startHelper(index: number): Helper {
    const { port1, port2 } = new MessageChannel();
    const input: WorkerInput = { memory: this.#memory, words: this.#board!.words, worker: index, port: port2 };
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: input, transferList: [port2] });
    worker.unref();
    port1.unref();
    return { worker, port: port1 };
  }
}

/** The same chunks in order, on the calling thread. */
function runAlone(kernel: KernelFunction, { rows, chunkRows, args }: Job): void {
  for (let from = 0; from < rows; from += chunkRows) kernel(from, Math.min(rows, from + chunkRows), 0, ...args);
}
