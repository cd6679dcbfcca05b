import type { MetricsRecord, SamplingRecord } from '../contract/records.ts';
import type { Checkpoint, CheckpointName, RecordMark } from './checkpoint.ts';

/** Where a run puts what it has to tell; the store implements it over a run folder. */
export interface RunSink {
  appendMetrics(record: MetricsRecord): Promise<void>;
  appendSampling(records: readonly SamplingRecord[]): Promise<void>;
  /** Makes the records durable and says where they end. */
  markRecords(): Promise<RecordMark>;
  /** Drops all records after a mark: those of steps that a resumed run takes again. */
  rewindRecords(mark: RecordMark): Promise<void>;
  /** Replaces a checkpoint; a reader finds the old one or the new one, whole, whenever this is cut off. */
  saveCheckpoint(name: CheckpointName, checkpoint: Checkpoint): Promise<void>;
}
