import type { TrainedEpochs } from '../contract/records.ts';
import type { RunFolder } from '../store/run-folder.ts';
import { endOfTraining, initialProgress, progressAfter } from '../train/schedules.ts';

/** How far a run is trained, from the records of its epochs. */
export async function trainedEpochs(run: Pick<RunFolder, 'config' | 'readEpochs'>): Promise<TrainedEpochs> {
  const { config } = run;
  const epochs = await run.readEpochs();
  const progress = epochs.reduce((before, epoch) => progressAfter(config, before, epoch), initialProgress());
  const trained = epochs.length;
  return { trained, planned: config.epochs, finished: endOfTraining(config, progress, trained) !== null };
}
