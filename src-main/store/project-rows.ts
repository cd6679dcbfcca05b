/** Rows of the project database as records: what comes from a file is checked before it is believed. */
import { z } from 'zod';
import type { MediaInfo, Moment, SplitName, VideoRecord } from '../contract/records.ts';

/** A video of a project. `faces` says whether its pictures are face crops already. */
export type ProjectVideo = VideoRecord & { faces: 'auto' | 'cropped' };

/** Who said what about a video, and when; the last event that holds and was not withdrawn is its label. */
export type LabelEvent = {
  videoId: string;
  /** ISO 8601, UTC. */
  at: string;
  who: string;
  /** `import` for what a list or a folder said, `person` for what somebody decided. */
  source: 'import' | 'person';
  label: string | null;
  moment: Moment | null;
  /** 0 to 1, as the rater gave it. */
  confidence: number | null;
  note: string | null;
  /** The rater found the video to be of no use; it then has no label. */
  rejected: boolean;
  /** Whether this became the label of the video; else it is an opinion beside it. */
  holds: boolean;
  /** By which the event can be withdrawn. */
  key: string | null;
  withdrawn: boolean;
};

/** What a list of videos needs of each. */
export type VideoLine = Pick<ProjectVideo, 'id' | 'path' | 'kind' | 'subject'> & { durationSec: number };

export type RunRecord = { name: string; createdAt: string; updatedAt: string; status: string; summary: unknown };

export type ProjectSets = Record<SplitName, string[]>;

const mediaSchema: z.ZodType<MediaInfo> = z.object({
  kind: z.enum(['file', 'frames']),
  codec: z.string(),
  width: z.number(),
  height: z.number(),
  rotation: z.number(),
  durationSec: z.number(),
  frameCount: z.number(),
  averageFps: z.number(),
  variableFrameRate: z.boolean(),
  startSec: z.number(),
  pixels: z.literal('yuv420p-bt601').optional(),
});

const parsedJson = z.string().transform((text): unknown => JSON.parse(text));

const videoRow = z.object({
  id: z.string(),
  path: z.string(),
  kind: z.enum(['file', 'frames']),
  size_bytes: z.number(),
  content_hash: z.string(),
  subject: z.string().nullable(),
  performance: z.string().nullable(),
  declared_split: z.enum(['train', 'val', 'test']).nullable(),
  attributes: parsedJson.pipe(z.record(z.string(), z.string())),
  media: parsedJson.pipe(mediaSchema),
  faces: z.enum(['auto', 'cropped']),
  label: z.string().nullable(),
  start_sec: z.number().nullable(),
  end_sec: z.number().nullable(),
});

/** Columns of videos with the label that holds; order by time of adding keeps listings stable. */
export const SELECT_VIDEOS = `
  SELECT v.id, v.path, v.kind, v.size_bytes, v.content_hash, v.subject, v.performance, v.declared_split, v.attributes,
    v.media, v.faces, e.label, e.start_sec, e.end_sec
  FROM videos v
  LEFT JOIN label_events e ON e.seq = (SELECT max(l.seq) FROM label_events l WHERE l.video_id = v.id AND l.holds
    AND NOT EXISTS (SELECT 1 FROM label_withdrawals w WHERE w.event_seq = l.seq))`;

export function videoOf(row: unknown): ProjectVideo {
  const { size_bytes, content_hash, declared_split, start_sec, end_sec, ...same } = videoRow.parse(row);
  return {
    ...same,
    sizeBytes: size_bytes,
    contentHash: content_hash,
    declaredSplit: declared_split,
    moment: momentOf(start_sec, end_sec),
  };
}

export const SELECT_LINES = `
  SELECT id, path, kind, subject, json_extract(media, '$.durationSec') AS durationSec FROM videos
  WHERE removed_at IS NULL ORDER BY rowid`;

/** SQLite has no truth values of its own. */
const flag = z.number().transform((value) => value === 1);

const eventRow = z.object({
  video_id: z.string(),
  at: z.string(),
  who: z.string(),
  source: z.enum(['import', 'person']),
  label: z.string().nullable(),
  start_sec: z.number().nullable(),
  end_sec: z.number().nullable(),
  confidence: z.number().nullable(),
  note: z.string().nullable(),
  rejected: flag,
  holds: flag,
  key: z.string().nullable(),
  withdrawn: flag,
});

/** Events of the journal, each with whether it was withdrawn. */
export const SELECT_EVENTS = `
  SELECT e.*, EXISTS (SELECT 1 FROM label_withdrawals w WHERE w.event_seq = e.seq) AS withdrawn FROM label_events e`;

export function labelEventOf(row: unknown): LabelEvent {
  const { video_id, start_sec, end_sec, ...same } = eventRow.parse(row);
  return { ...same, videoId: video_id, moment: momentOf(start_sec, end_sec) };
}

function momentOf(startSec: number | null, endSec: number | null): Moment | null {
  return startSec === null || endSec === null ? null : { startSec, endSec };
}

const runRow = z.object({
  name: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  status: z.string(),
  summary: parsedJson,
});

export function runOf(row: unknown): RunRecord {
  const { created_at, updated_at, ...same } = runRow.parse(row);
  return { ...same, createdAt: created_at, updatedAt: updated_at };
}

const setsSchema = z.object({ train: z.array(z.string()), val: z.array(z.string()), test: z.array(z.string()) });

export function setsOf(text: string): ProjectSets {
  return setsSchema.parse(JSON.parse(text));
}

/** Frame times are stored as little-endian f64; a copy, because rows share one buffer that may not be aligned. */
export function timesOf(blob: Uint8Array): Float64Array {
  return new Float64Array(blob.slice().buffer);
}

export function blobOf(timesSec: Float64Array): Uint8Array {
  return new Uint8Array(timesSec.buffer, timesSec.byteOffset, timesSec.byteLength);
}
