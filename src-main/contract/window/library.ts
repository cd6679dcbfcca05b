/** The Library tab: what is in the open project. Served by the project process. */
import { z } from 'zod';
import type { MediaInfo, Moment, QuarantineRecord, SplitName } from '../records.ts';
import { call } from '../rpc.ts';
import { nothing, page, shortText, videoId } from './limits.ts';

export type LibrarySummary = {
  dir: string;
  name: string;
  videos: number;
  labelled: number;
  prepared: number;
  quarantined: number;
  missing: number;
  subjects: number;
  perClass: Record<string, number>;
};

/** A line of the table: small, because there may be ten thousand. */
export type VideoRow = {
  id: string;
  path: string;
  label: string | null;
  subject: string | null;
  declaredSplit: SplitName | null;
  durationSec: number;
  prepared: boolean;
};

export type VideoDetail = VideoRow & {
  media: MediaInfo;
  moment: Moment | null;
  attributes: Record<string, string>;
  missing: boolean;
};

/** Which videos, in which order; what is left out does not restrict. */
const videoQuery = z.strictObject({
  search: shortText.optional(),
  label: shortText.nullable().optional(),
  subject: shortText.optional(),
  split: z.enum(['train', 'val', 'test']).optional(),
  prepared: z.boolean().optional(),
  sort: z.enum(['added', 'path', 'label', 'subject', 'duration']).default('added'),
  descending: z.boolean().default(false),
});
export type VideoQuery = z.output<typeof videoQuery>;

export const libraryRoom = {
  summary: call(nothing).returns<LibrarySummary>(),
  /** One page of the videos that match; `total` is how many match. */
  videos: call(z.strictObject({ ...videoQuery.shape, ...page })).returns<{ total: number; rows: VideoRow[] }>(),
  /** Ids of all videos that match, in order: what a virtual list scrolls over. */
  ids: call(videoQuery).returns<string[]>(),
  video: call(z.strictObject({ id: videoId })).returns<VideoDetail>(),
  quarantine: call(nothing).returns<QuarantineRecord[]>(),
};
