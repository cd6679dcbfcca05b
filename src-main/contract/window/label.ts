/** The Label tab: the journal of what people said about videos. Served by the project process. */
import { z } from 'zod';
import type { Moment } from '../records.ts';
import { call } from '../rpc.ts';
import { seconds, shortText, videoId } from './limits.ts';

/** One line of the journal of a video; the last one holds. */
export type LabelEntry = {
  at: string;
  who: string;
  source: 'import' | 'person';
  label: string | null;
  moment: Moment | null;
  confidence: number | null;
  note: string | null;
};

const moment = z
  .strictObject({ startSec: seconds, endSec: seconds })
  .refine(({ startSec, endSec }) => endSec > startSec, 'a moment ends after it starts');

export const labelRoom = {
  /** Appends to the journal; on disk when it answers. */
  set: call(
    z.strictObject({
      videoId,
      who: shortText.min(1),
      label: shortText.min(1).nullable(),
      moment: moment.nullable().default(null),
      confidence: z.number().min(0).max(1).nullable().default(null),
      note: z.string().max(2000).nullable().default(null),
    }),
  ).returns<LabelEntry>(),
  /** Oldest first. */
  history: call(z.strictObject({ videoId })).returns<LabelEntry[]>(),
};
