import type { JobContext, Progress } from '../contract/progress.ts';
import { tuneCurrentEngine } from '../engine/webgpu/tuning/tune-current.ts';

/**
 * Tunes the engine of a training to its products, once: behind the first step, whose products are those of the steps that
 * follow. Engines that have nothing to tune do nothing. An abort ends it early and is left to the next step.
 */
export class FirstStepTuning {
  #isDone = false;

  /** @param training - what the progress line of the training says so far */
  async afterStep(training: Progress, { signal, onProgress }: JobContext): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    await tuneCurrentEngine({
      ...(signal && { signal }),
      onProgress: ({ done, total }) => onProgress?.({ ...training, detail: `tunes the GPU, ${done} of ${total}` }),
    });
  }
}
