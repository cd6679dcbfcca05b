import type { AnnotationFormat } from '../../src-main/contract/window/label.ts';

/** Formats of annotations, and what comes of an export in them. */
export const FORMAT_WORDS = {
  csv: { name: 'CSV', what: 'One table with times, frames and time base, and a second one that explains its columns.' },
  elan: { name: 'ELAN', what: 'One .eaf for each video, a tier for each rater.' },
  boris: { name: 'BORIS', what: 'One table of aggregated events.' },
  webvtt: { name: 'WebVTT', what: 'One .vtt for each video, that players show as subtitles.' },
} satisfies Record<AnnotationFormat, { name: string; what: string }>;
