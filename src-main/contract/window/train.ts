/** The Train tab: runs and what is recorded of them. Served by the project process; training itself is a job. */
import { z } from 'zod';
import type { ResolvedConfig } from '../config.ts';
import type { EpochMetrics, RunManifest } from '../records.ts';
import { call } from '../rpc.ts';
import { nothing, runName } from './limits.ts';

export type RunRow = {
  name: string;
  createdAt: string;
  updatedAt: string;
  /** `training` for one that runs, or was interrupted and can be resumed. */
  status: string;
};

export type RunDetail = { config: ResolvedConfig; manifest: RunManifest; epochs: EpochMetrics[] };

export const trainRoom = {
  /** Newest last. */
  runs: call(nothing).returns<RunRow[]>(),
  run: call(z.strictObject({ run: runName })).returns<RunDetail>(),
};
