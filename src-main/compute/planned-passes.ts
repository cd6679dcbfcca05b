/** How every training of the product, alone or in a search or comparison, is fitted to the memory of its engine. */
import type { Network } from '../../models/network.ts';
import type { ResolvedConfig } from '../contract/config.ts';
import type { EngineInfo } from '../contract/records.ts';
import { fittingPasses } from '../engine/memory-plan.ts';
import type { TrainResult } from '../train/training-loop.ts';
import type { TrainingRun } from '../train/training-state.ts';

/**
 * Passes smaller than a batch where the engine is expected to hold no more; nothing where it holds a batch.
 * @throws AppError `out-of-memory` with the figures where one video does not fit
 */
export function plannedPasses(
  config: ResolvedConfig,
  network: Network,
  engine: EngineInfo,
): Pick<TrainingRun, 'smallerPasses'> {
  const { batch } = fittingPasses({ ...config, network }, engine);
  return batch < config.batch ? { smallerPasses: { videos: batch, reason: reasonOf(engine) } } : {};
}

/** What the summary of a training says of passes that were smaller than a batch. */
export function memoryNotes(
  { batch }: Pick<ResolvedConfig, 'batch'>,
  { passVideos }: Pick<TrainResult, 'passVideos'>,
): string[] {
  if (passVideos === null || passVideos >= batch) return [];
  return [`Memory was short: batches of ${batch} went through the network ${passVideos} videos at a time.`];
}

function reasonOf({ name, features }: EngineInfo): string {
  return `A pass with the whole batch is expected to need more than the memory of ${name}, ${Number(features['memoryLimitBytes'] ?? features['maxTensorBytes'])} bytes.`;
}
