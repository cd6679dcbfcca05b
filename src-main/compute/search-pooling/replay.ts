import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../contract/errors.ts';
import type { ReplayOptions, ReplaySummary } from '../../contract/pooling-search.ts';
import { readAccuracyTable } from '../../train/pooling-search/accuracy-table.ts';
import { replay } from '../../train/pooling-search/replay.ts';

/**
 * Replays a pooling search on a table of accuracies, without training.
 * @throws AppError `not-found`, `bad-input` for a table that cannot be read, `usage` for a method that needs data
 */
export async function replayPoolingJob(options: ReplayOptions): Promise<ReplaySummary> {
  const text = await readFile(options.table, 'utf8').catch((cause: unknown) => {
    throw new AppError('not-found', `Cannot read the table '${options.table}'.`, { cause, hint: 'Check the path.' });
  });
  return replay(readAccuracyTable(text, path.basename(options.table)), options);
}
