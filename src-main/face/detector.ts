import { Worker } from 'node:worker_threads';
import { AppError } from '../contract/errors.ts';
import type { DetectedFace, Glimpse, QuestionName, Questions, Reply, Request } from './detector-protocol.ts';
import type { Picture } from './picture.ts';
import type { Pose } from './pose.ts';

export type { DetectedFace, Glimpse } from './detector-protocol.ts';

/** Finds faces, in threads of its own. Many questions may be open at once; they are shared out over the threads. */
export interface FaceDetector {
  /** All faces in a picture, by the strong detector (some 0.2 to 0.3 s). */
  scan(picture: Picture): Promise<DetectedFace[]>;
  /** Where a quick detector sees something like a face (some 15 ms); it misses small ones. */
  glance(picture: Picture): Promise<Glimpse[]>;
  /** The face near a known place (some 15 ms), or null. */
  follow(picture: Picture, near: Pose): Promise<DetectedFace | null>;
  /** @param face - square crop of one face @returns 128 numbers, close for two pictures of one person */
  describe(face: Picture): Promise<Float32Array>;
  /** Ends the threads; open questions are rejected as aborted. */
  close(): Promise<void>;
}

/**
 * Starts the threads; the nets come from the package of face-api.
 * @param options.threads - how many, 1 or more
 * @param options.signal - ends the threads at once when it fires
 */
export function openFaceDetector(options: { threads: number; signal?: AbortSignal }): FaceDetector {
  const threads = Array.from({ length: Math.max(1, options.threads) }, () => new DetectorThread());
  const close = async () => {
    options.signal?.removeEventListener('abort', onAbort);
    await Promise.all(threads.map((thread) => thread.end()));
  };
  const onAbort = () => void close();
  options.signal?.addEventListener('abort', onAbort);
  if (options.signal?.aborted) onAbort();
  const idlest = () => threads.reduce((best, thread) => (thread.load < best.load ? thread : best));
  return {
    scan: (picture) => idlest().ask('scan', { picture }),
    glance: (picture) => idlest().ask('glance', { picture }),
    follow: (picture, near) => idlest().ask('follow', { picture, near }),
    describe: (picture) => idlest().ask('describe', { picture }),
    close,
  };
}

type Waiting = { resolve: (answer: never) => void; reject: (error: AppError) => void };

/**
 * The nets' weights and tensors are outside of the JavaScript heap. Without limits that heap grows to 200 MB of garbage
 * over minutes; with them it stays at 40 MB at the same speed.
 */
const HEAP_LIMITS = { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 256 };

class DetectorThread {
  readonly #worker = new Worker(new URL('./detector-worker.ts', import.meta.url), { resourceLimits: HEAP_LIMITS });
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #ended: AppError | null = null;

  constructor() {
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#fail(broken(error.message, error)));
    this.#worker.on('exit', () => this.#fail(broken('its thread ended', undefined)));
    this.#worker.unref();
  }

  /** Questions that wait for an answer. */
  get load(): number {
    return this.#waiting.size;
  }

  ask<Q extends QuestionName>(question: Q, input: Questions[Q]['input']): Promise<Questions[Q]['answer']> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ id, question, ...input } as Request);
    });
  }

  async end(): Promise<void> {
    this.#fail(new AppError('aborted', 'Stopped.'));
    await this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('error' in reply) waiting?.reject(broken(reply.error, undefined));
    else waiting?.resolve(reply.answer as never);
  }

  #fail(error: AppError): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

function broken(reason: string, cause: unknown): AppError {
  return new AppError('bug', `The face detector failed: ${reason}`, { cause });
}
