import type { JobContext, Progress } from '../../contract/progress.ts';
import type { ComparedTask } from './grid.ts';

/**
 * Progress through all networks of a comparison: their epochs, and one more for each evaluation. A training that stops
 * early has done all of its epochs.
 */
export class GridProgress {
  readonly #tasks: readonly ComparedTask[];
  readonly #job: JobContext;
  readonly #total: number;
  #finished = 0;
  #finishedRuns = 0;

  constructor(tasks: readonly ComparedTask[], job: JobContext) {
    this.#tasks = tasks;
    this.#job = job;
    this.#total = tasks.reduce((sum, { config }) => sum + config.epochs + 1, 0);
  }

  /** The context of the training and evaluation of a run. */
  of({ name, config }: ComparedTask): JobContext {
    const { signal, onProgress } = this.#job;
    const place = `${name} (${this.#finishedRuns + 1} of ${this.#tasks.length})`;
    const told = ({ stage, done, total, detail }: Progress) => {
      const epochs = stage === 'predict' ? config.epochs : (config.epochs * done) / Math.max(1, total);
      onProgress?.({
        ...this.#at(epochs),
        detail: `${place}: ${stage === 'predict' ? 'evaluate' : (detail ?? '')}`,
      });
    };
    return { ...(signal && { signal }), onProgress: told };
  }

  finish({ name, config }: ComparedTask): void {
    this.#finished += config.epochs + 1;
    this.#finishedRuns++;
    this.#job.onProgress?.({ ...this.#at(0), detail: `${name}: done` });
  }

  #at(epochs: number): Pick<Progress, 'stage' | 'done' | 'total'> {
    return { stage: 'compare, epochs', done: Math.floor(this.#finished + epochs), total: this.#total };
  }
}
