import type { TensorInfo } from '@tensorflow/tfjs-core';

/** Remembers the copy of one tensor; whoever takes it from here disposes of it. */
export class LastHalfCopy {
  #last: { of: object; copy: TensorInfo } | null = null;

  find(dataId: object): TensorInfo | null {
    return this.#last?.of === dataId ? this.#last.copy : null;
  }

  keep(dataId: object, copy: TensorInfo): void {
    this.#last = { of: dataId, copy };
  }

  take(): TensorInfo | null {
    const copy = this.#last?.copy ?? null;
    this.#last = null;
    return copy;
  }
}
