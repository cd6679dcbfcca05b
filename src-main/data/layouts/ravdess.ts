/**
 * RAVDESS: seven two-digit fields, `MM-VC-EE-II-SS-RR-AA` (product.md 3.2; Livingstone and Russo, PLoS ONE 0196391).
 * 01-… (with sound) and 02-… (without) show the same pictures: they share a performance and count once. The 02- file
 * comes first, since published protocols use it; its twin stands in where it cannot be read.
 */
import { countOf } from '../../contract/count-of.ts';
import type { KnownLabel } from '../labels.ts';
import { entryOf } from './layout.ts';
import type { Layout, LayoutReading, ListedVideo, Listing } from './layout.ts';
import { mediaPath, stemShare } from './media-path.ts';

const FIELDS = /^(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)$/;

const EMOTIONS: readonly KnownLabel[] = [
  'neutral',
  'calm',
  'happiness',
  'sadness',
  'anger',
  'fear',
  'disgust',
  'surprise',
];
const STATEMENTS = ['Kids are talking by the door', 'Dogs are sitting by the door'];
const FIELD_RANGES = [
  ['modality', 3],
  ['vocal channel', 2],
  ['emotion', 8],
  ['intensity', 2],
  ['statement', 2],
  ['repetition', 2],
  ['actor', 24],
] as const;

export const ravdess: Layout = { name: 'ravdess', namesSubjects: true, recognise, read };

function recognise({ videos }: Listing) {
  const share = stemShare(videos, FIELDS);
  if (share < 0.5) return null;
  return { score: share, why: `${percent(share)} of the names are RAVDESS's seven two-digit fields` };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function read({ videos }: Listing): LayoutReading {
  const reading: LayoutReading = { entries: [], notes: [], problems: [] };
  let audioOnly = 0;
  for (const video of videos) {
    const fields = FIELDS.exec(mediaPath(video).stem)?.slice(1) ?? null;
    const problem = problemOf(fields);
    if (fields === null || problem !== null) reading.problems.push({ path: video.path, reason: problem ?? '' });
    else if (fields[0] === '03') audioOnly += 1;
    else reading.entries.push(entry(video, fields));
  }
  reading.entries.sort(videoOnlyFirst);
  reading.notes.push(...notesOn(reading, audioOnly));
  return reading;
}

function problemOf(fields: string[] | null): string | null {
  if (fields === null) return 'not a RAVDESS name: expected seven two-digit fields like 02-01-06-01-02-01-12';
  for (const [i, [name, last]] of FIELD_RANGES.entries()) {
    const value = Number(fields[i]);
    if (value < 1 || value > last)
      return `RAVDESS field ${i + 1} (${name}) is ${fields[i]}: expected 01 to ${String(last).padStart(2, '0')}`;
  }
  return null;
}

function entry(video: ListedVideo, fields: string[]) {
  const [modality, channel, emotion, intensity, statement, repetition, actor] = fields as [string, ...string[]];
  return entryOf(video, {
    label: EMOTIONS[Number(emotion) - 1]!,
    subject: `actor ${actor}`,
    performance: `ravdess ${fields.slice(1).join('-')}`,
    attributes: {
      modality: modality === '01' ? 'full' : 'video only',
      channel: channel === '01' ? 'speech' : 'song',
      intensity: intensity === '01' ? 'normal' : 'strong',
      statement: STATEMENTS[Number(statement) - 1]!,
      repetition: String(Number(repetition)),
      sex: Number(actor) % 2 === 1 ? 'male' : 'female',
    },
  });
}

function videoOnlyFirst(a: { attributes: Record<string, string> }, b: { attributes: Record<string, string> }): number {
  return Number(a.attributes.modality === 'full') - Number(b.attributes.modality === 'full');
}

function notesOn({ entries }: LayoutReading, audioOnly: number): string[] {
  const twins = entries.length - new Set(entries.map((e) => e.performance)).size;
  const calm = entries.filter((e) => e.label === 'calm').length;
  return [
    ...(twins > 0
      ? [
          `${countOf(twins, 'performance is', 'performances are')} there with and without sound (01-, 02-) and counts once.`,
        ]
      : []),
    ...(audioOnly > 0 ? [`Audio-only recordings (03-) were left out: ${audioOnly}.`] : []),
    ...(calm > 0 ? [`calm (${countOf(calm, 'file')}) is kept as a class of its own, not merged into neutral.`] : []),
  ];
}
