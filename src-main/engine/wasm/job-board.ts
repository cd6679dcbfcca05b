/**
 * Where the caller tells the workers what to do: words of shared memory. A job is a kernel and a number of chunks of
 * work; threads take chunks by compare-and-swap on the ticket, which holds the number of the job beside the next chunk,
 * so that a thread that wakes late can never take a chunk of another job.
 */
import { KERNEL_ARGS } from './assembler/kernel-builder.ts';

const WORD = { wake: 0, ticket: 1, chunksLeft: 2, kernel: 3, chunks: 4, rows: 5, chunkRows: 6, args: 7 } as const;
const WORDS = WORD.args + KERNEL_ARGS;

const CHUNK_BITS = 16;
const CHUNK_MASK = (1 << CHUNK_BITS) - 1;
const JOB_MASK = 0x7fff;
/** No chunk to take. */
const IDLE = -1;
/** Wakes workers for the last time. */
const CLOSED = -1;

/** The most chunks of one job. */
export const MAX_CHUNKS = CHUNK_MASK - 1;

export type KernelFunction = (from: number, to: number, worker: number, ...args: number[]) => void;

/** Work items 0..rows-1 of a kernel, in chunks of `chunkRows`. */
export type Job = { kernel: number; rows: number; chunkRows: number; args: readonly number[] };

export class JobBoard {
  readonly words: Int32Array;
  #job = 0;

  constructor(words: Int32Array = new Int32Array(new SharedArrayBuffer(WORDS * 4))) {
    this.words = words;
  }

  /** Publishes a job and wakes the workers. */
  post({ kernel, rows, chunkRows, args }: Job): void {
    const { words } = this;
    Atomics.store(words, WORD.ticket, IDLE);
    const chunks = Math.ceil(rows / chunkRows);
    words[WORD.kernel] = kernel;
    words[WORD.chunks] = chunks;
    words[WORD.rows] = rows;
    words[WORD.chunkRows] = chunkRows;
    for (let i = 0; i < KERNEL_ARGS; i++) words[WORD.args + i] = args[i] ?? 0;
    this.#job = (this.#job + 1) & JOB_MASK;
    Atomics.store(words, WORD.chunksLeft, chunks);
    Atomics.store(words, WORD.ticket, this.#job << CHUNK_BITS);
    Atomics.add(words, WORD.wake, 1);
    Atomics.notify(words, WORD.wake);
  }

  /** Does chunks of the present job until there is none left to take. */
  work(worker: number, kernelById: (id: number) => KernelFunction | undefined): void {
    const { words } = this;
    for (;;) {
      const ticket = Atomics.load(words, WORD.ticket);
      if (ticket === IDLE) return;
      const chunk = ticket & CHUNK_MASK;
      const [rows, chunkRows] = [words[WORD.rows]!, words[WORD.chunkRows]!];
      const args = Array.from(words.subarray(WORD.args, WORDS));
      const kernel = kernelById(words[WORD.kernel]!);
      if (chunk >= words[WORD.chunks]! || kernel === undefined) return;
      if (Atomics.compareExchange(words, WORD.ticket, ticket, ticket + 1) !== ticket) continue;
      const from = chunk * chunkRows;
      kernel(from, Math.min(rows, from + chunkRows), worker, ...args);
      if (Atomics.sub(words, WORD.chunksLeft, 1) === 1) Atomics.notify(words, WORD.chunksLeft);
    }
  }

  /** Blocks until all chunks are done. */
  waitForEnd(): void {
    for (;;) {
      const left = Atomics.load(this.words, WORD.chunksLeft);
      if (left <= 0) return;
      Atomics.wait(this.words, WORD.chunksLeft, left);
    }
  }

  /** Blocks until a job newer than `seen` is posted; returns its number, or null when the pool has closed. */
  waitForJob(seen: number): number | null {
    Atomics.wait(this.words, WORD.wake, seen);
    const now = Atomics.load(this.words, WORD.wake);
    return now === CLOSED ? null : now;
  }

  close(): void {
    Atomics.store(this.words, WORD.ticket, IDLE);
    Atomics.store(this.words, WORD.wake, CLOSED);
    Atomics.notify(this.words, WORD.wake);
  }
}
