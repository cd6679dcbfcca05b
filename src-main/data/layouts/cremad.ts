/**
 * CREMA-D: `<ActorID>_<Sentence>_<Emotion>_<Level>` (product.md 3.3; Cao et al. 2014). The label is the intended
 * emotion of the file name; the raters' votes, where their table is there, are kept as attributes.
 */
import type { KnownLabel } from '../labels.ts';
import { readTable } from './csv-table.ts';
import { entryOf } from './layout.ts';
import type { Layout, LayoutReading, ListedVideo, Listing } from './layout.ts';
import { mediaPath, stemShare } from './media-path.ts';

const EMOTIONS: Record<string, KnownLabel> = {
  ANG: 'anger',
  DIS: 'disgust',
  FEA: 'fear',
  HAP: 'happiness',
  NEU: 'neutral',
  SAD: 'sadness',
};
const SENTENCES: Record<string, string> = {
  IEO: "It's eleven o'clock",
  TIE: 'That is exactly what happened',
  IOM: "I'm on my way to the meeting",
  IWW: 'I wonder what this is about',
  TAI: 'The airplane is almost full',
  MTI: 'Maybe tomorrow it will be cold',
  IWL: 'I would like a new alarm clock',
  ITH: "I think I have a doctor's appointment",
  DFA: "Don't forget a jacket",
  ITS: "I think I've seen this before",
  TSI: 'The surface is slick',
  WSI: "We'll stop in a couple of minutes",
};
const LEVELS: Record<string, string> = { LO: 'low', MD: 'medium', HI: 'high', XX: 'unspecified' };

const NAME = /^(\d{4})_([A-Z]{3})_([A-Z]{3})_([A-Z]{2})$/;

export const cremad: Layout = { name: 'cremad', namesSubjects: true, recognise, read };

function recognise({ videos }: Listing) {
  const share = stemShare(videos, NAME);
  if (share < 0.5) return null;
  const why = `${Math.round(100 * share)} % of the names are CREMA-D's actor_sentence_emotion_level`;
  return { score: share, why };
}

function read(listing: Listing): LayoutReading {
  const reading: LayoutReading = { entries: [], notes: [], problems: [] };
  const people = tableById(listing, 'VideoDemographics.csv', 'ActorID');
  const votes = tableById(listing, 'summaryTable.csv', 'FileName');
  for (const video of listing.videos) {
    const { stem } = mediaPath(video);
    const fields = NAME.exec(stem)?.slice(1) ?? null;
    const problem = problemOf(fields);
    if (fields === null || problem !== null) reading.problems.push({ path: video.path, reason: problem ?? '' });
    else
      reading.entries.push(entry(video, fields, { ...votesOf(votes.get(stem)), ...personOf(people.get(fields[0]!)) }));
  }
  if (votes.size > 0) reading.notes.push("Labels are the intended emotions; the raters' votes are kept as attributes.");
  return reading;
}

function problemOf(fields: string[] | null): string | null {
  if (fields === null) return 'not a CREMA-D name: expected actor_sentence_emotion_level like 1001_DFA_ANG_XX';
  const [, sentence, emotion, level] = fields as [string, string, string, string];
  if (!(sentence in SENTENCES)) return `unknown CREMA-D sentence ${sentence}: expected ${keys(SENTENCES)}`;
  if (!(emotion in EMOTIONS)) return `unknown CREMA-D emotion ${emotion}: expected ${keys(EMOTIONS)}`;
  if (!(level in LEVELS)) return `unknown CREMA-D level ${level}: expected ${keys(LEVELS)}`;
  return null;
}

function keys(codes: Record<string, string>): string {
  return Object.keys(codes).join(', ');
}

function entry(video: ListedVideo, fields: string[], more: Record<string, string>) {
  const [actor, sentence, emotion, level] = fields as [string, string, string, string];
  return entryOf(video, {
    label: EMOTIONS[emotion]!,
    subject: `actor ${actor}`,
    performance: `cremad ${fields.join('_')}`,
    attributes: { sentence: SENTENCES[sentence]!, level: LEVELS[level]!, ...more },
  });
}

/** The rows of one of the dataset's own tables by a column of it; empty where the table is not there. */
function tableById({ lists, readList }: Listing, name: string, column: string): Map<string, Record<string, string>> {
  const path = lists.find((list) => list.split('/').pop() === name);
  if (path === undefined) return new Map();
  const { rows } = readTable(readList(path), path);
  return new Map(rows.map(({ values }) => [values[column] ?? '', values]));
}

function personOf(row: Record<string, string> | undefined): Record<string, string> {
  return filled({ age: row?.Age, sex: row?.Sex, race: row?.Race, ethnicity: row?.Ethnicity });
}

function votesOf(row: Record<string, string> | undefined): Record<string, string> {
  return filled({ faceVote: row?.FaceVote, voiceVote: row?.VoiceVote, multiModalVote: row?.MultiModalVote });
}

function filled(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((pair): pair is [string, string] => Boolean(pair[1])));
}
