/** Mean and spread of each parameter of an augmenter over the clips of an epoch. */
import { z } from 'zod';

const numbers = z.array(z.number());

export const epochChangesSchema = z.strictObject({ epoch: z.number().int(), mean: numbers, std: numbers });
export type EpochChanges = z.infer<typeof epochChangesSchema>;

export const changeRecordSchema = z.strictObject({
  past: z.array(epochChangesSchema),
  /** The epoch in progress; 0 before the first. */
  epoch: z.number().int(),
  clips: z.number().int(),
  sums: numbers,
  squares: numbers,
});
export type ChangeRecord = z.infer<typeof changeRecordSchema>;

export function emptyRecord(parameters: number): ChangeRecord {
  return { past: [], ...freshEpoch(0, parameters) };
}

/** Adds the changes [n][parameters] of a batch. */
export function addChanges(record: ChangeRecord, epoch: number, changes: readonly number[][]): ChangeRecord {
  const past = epochsOf(record).filter((one) => one.epoch !== epoch);
  const parameters = record.sums.length;
  const now = record.epoch === epoch ? record : freshEpoch(epoch, parameters);
  const total = (before: readonly number[], of: (value: number) => number) =>
    before.map((sum, p) => changes.reduce((all, row) => all + of(row[p]!), sum));
  return {
    ...{ past, epoch, clips: now.clips + changes.length },
    sums: total(now.sums, (value) => value),
    squares: total(now.squares, (value) => value * value),
  };
}

/** All epochs with clips so far, the one in progress too. */
export function epochsOf({ past, epoch, clips, sums, squares }: ChangeRecord): EpochChanges[] {
  if (clips === 0) return past;
  const mean = sums.map((sum) => sum / clips);
  const std = squares.map((square, p) => Math.sqrt(Math.max(0, square / clips - mean[p]! ** 2)));
  return [...past, { epoch, mean, std }];
}

function freshEpoch(epoch: number, parameters: number): Omit<ChangeRecord, 'past'> {
  const zeros = () => new Array<number>(parameters).fill(0);
  return { epoch, clips: 0, sums: zeros(), squares: zeros() };
}
