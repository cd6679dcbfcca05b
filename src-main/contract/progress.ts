/** How far a job is: `done` of `total` units of `stage`; `detail` is one line for a person. */
export type Progress = { stage: string; done: number; total: number; detail?: string };

/** Given to everything that can last longer than a second. */
export type JobContext = { signal?: AbortSignal; onProgress?: (progress: Progress) => void };
