/** What the main process asks of the compute process. */
import { z } from 'zod';
import type { Progress } from './progress.ts';
import type { EngineInfo } from './records.ts';
import { call, stream } from './rpc.ts';
import type { JobOutcome, JobRequest } from './window/jobs.ts';

/** A job with the project that it belongs to; null only for a job that needs none. */
export type ComputeJob = { request: JobRequest; project: string | null };

export type ComputeEvent = { kind: 'progress'; progress: Progress } | { kind: 'outcome'; outcome: JobOutcome };

const nothing = z.strictObject({});

export const computeApi = {
  compute: {
    ping: call(nothing).returns<null>(),
    /** Opens and tests the engine at the first question, and remembers the answer. Waits for a running job. */
    device: call(nothing).returns<EngineInfo>(),
    /** Progress, at most ten times a second, then the outcome. One job at a time; a second one waits. */
    run: stream(z.custom<ComputeJob>()).of<ComputeEvent>(),
    /** Stops the running job at a safe point; its stream then ends with `aborted`. */
    stop: call(nothing).returns<null>(),
  },
};
export type ComputeApi = typeof computeApi;
