/**
 * Between what raters say of a video and what formats of timelines can hold: stretches of time with a text. A label is
 * a stretch over the whole video, a moment one over its part; confidence and note are texts over the whole.
 */
import type { Moment } from '../../contract/records.ts';

/** What one rater says of one video. */
export type Annotation = {
  /** Null where a file does not say who. */
  rater: string | null;
  label: string | null;
  /** Of no use; then there is no label. */
  rejected: boolean;
  moment: Moment | null;
  /** 0 to 1. */
  confidence: number | null;
  note: string | null;
};

/** A video with all that is known for an export: every format tells its time base. */
export type AnnotatedVideo = {
  id: string;
  /** As a project stores it, and as the file lies on disk. */
  path: string;
  place: string;
  subject: string | null;
  declaredSplit: string | null;
  durationSec: number;
  frameCount: number;
  averageFps: number;
  variableFrameRate: boolean;
  /** Start time of the container, which all times here have had subtracted. */
  startSec: number;
  contentHash: string;
  /** Presentation time of every frame. */
  timesSec: Float64Array;
  annotations: Annotation[];
};

export const SEGMENT_KINDS = ['label', 'moment', 'confidence', 'note'] as const;
export type SegmentKind = (typeof SEGMENT_KINDS)[number];

export type Segment = {
  rater: string | null;
  /** Null where a file of another program does not say. */
  kind: SegmentKind | null;
  startSec: number;
  /** Infinity for the end of the video. */
  endSec: number;
  text: string;
};

/** What a file says of one video, which it names in its own way. */
export type MediaSegments = { media: string; segments: Segment[] };

/** Stands for a video that a rater found to be of no use. */
export const REJECTED = '(rejected)';

/** A stretch that covers this share of a video is about the whole of it. */
const WHOLE = 0.98;

export function segmentsOf({ rater, label, rejected, moment, confidence, note }: Annotation, durationSec: number) {
  const text = rejected ? REJECTED : label;
  const over = (kind: SegmentKind, value: string, { startSec, endSec }: Moment): Segment => ({
    ...{ rater, kind, startSec, endSec },
    text: value,
  });
  const whole = { startSec: 0, endSec: durationSec };
  return [
    ...(text === null ? [] : [over('label', text, whole)]),
    ...(moment === null ? [] : [over('moment', text ?? '', moment)]),
    ...(confidence === null ? [] : [over('confidence', String(confidence), whole)]),
    ...(note === null || note === '' ? [] : [over('note', note, whole)]),
  ];
}

export type AnnotationReading = { annotations: Annotation[]; notes: string[] };

/** One annotation for each rater, from stretches of a video. What has no place in it is named in `notes`. */
export function annotationsOf(segments: readonly Segment[], durationSec: number): AnnotationReading {
  const byRater = Map.groupBy(segments, ({ rater }) => rater);
  const read = [...byRater].map(([rater, own]) => annotationOf(rater, own, durationSec));
  return { annotations: read.map(({ annotation }) => annotation), notes: read.flatMap(({ notes }) => notes) };
}

function annotationOf(rater: string | null, segments: readonly Segment[], durationSec: number) {
  const ofKind = (kind: SegmentKind) => segments.filter((one) => (one.kind ?? guessedKind(one, durationSec)) === kind);
  const moments = ofKind('moment').toSorted((a, b) => lengthOf(b) - lengthOf(a));
  const [label = null, ...others] = distinct([...ofKind('label'), ...moments].map(({ text }) => text.trim()));
  const moment = moments.find(({ text }) => text.trim() === label) ?? moments[0];
  const annotation: Annotation = {
    rater,
    label: label === REJECTED ? null : label,
    rejected: label === REJECTED,
    moment: moment === undefined ? null : { startSec: moment.startSec, endSec: Math.min(moment.endSec, durationSec) },
    confidence: confidenceOf(ofKind('confidence')[0]),
    note: ofKind('note')[0]?.text ?? null,
  };
  const by = rater === null ? '' : `${rater}: `;
  const notes = [
    ...(others.length > 0 ? [`${by}one label a video: '${label}' is taken, not '${others.join(`', '`)}'`] : []),
    ...(moments.length > 1 ? [`${by}one moment a video: the longest of ${moments.length} is taken`] : []),
  ];
  return { annotation, notes };
}

function confidenceOf(segment: Segment | undefined): number | null {
  const confidence = Number(segment?.text ?? NaN);
  return confidence >= 0 && confidence <= 1 ? confidence : null;
}

function guessedKind(segment: Segment, durationSec: number): SegmentKind {
  return lengthOf(segment) >= WHOLE * durationSec ? 'label' : 'moment';
}

function lengthOf({ startSec, endSec }: Segment): number {
  return endSec - startSec;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== '');
}
