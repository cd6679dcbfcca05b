/**
 * AFEW (EmotiW): `Train_AFEW/<Emotion>/*`, `Val_AFEW/…`, unlabelled `Test_AFEW` (product.md 3.7; Dhall et al. 2012), the
 * lower-case processed variants, and train|val/<Emotion>/<nine-digit id>. The official val is the test set here, since
 * the labels of the official test are private; train is divided for model selection (algorithms.md 1.5).
 */
import { countOf } from '../../contract/count-of.ts';
import type { ImportEntry } from '../../contract/records.ts';
import { canonicalLabel } from '../labels.ts';
import { entryOf } from './layout.ts';
import type { Layout, LayoutReading, ListedVideo, Listing } from './layout.ts';
import { mediaPath } from './media-path.ts';

const EMOTIONS = new Set(['angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise']);
const NAMED_SET = /^(train|val|test)_afew$/i;
const PLAIN_SET = /^(train|val|test)$/i;
/** Where in its film a clip was cut: the time code that AFEW names clips by. */
const TIME_CODE = /^\d{9}(_\d+)?$/;

type Place = { set: 'train' | 'val' | 'test'; emotion: string | null; named: boolean; timeCode: boolean };

export const afew: Layout = { name: 'afew', namesSubjects: false, recognise, read };

function recognise({ videos }: Listing) {
  const places = videos.map(placeOf);
  const sure = places.filter((place) => place !== null && (place.named || place.timeCode));
  const sets = new Set(sure.map((place) => place!.set));
  const share = sure.length / Math.max(1, videos.length);
  if (share < 0.5 || !sets.has('train')) return null;
  const why = sure.some((place) => place!.named)
    ? 'folders Train_AFEW, Val_AFEW with the seven emotions'
    : 'train and val with the seven emotions and nine-digit time codes as names';
  return { score: share, why };
}

function placeOf(video: ListedVideo): Place | null {
  const { folders, stem } = mediaPath(video);
  const at = folders.findIndex((folder) => NAMED_SET.test(folder) || PLAIN_SET.test(folder));
  if (at < 0) return null;
  const set = folders[at]!.toLowerCase().replace('_afew', '') as Place['set'];
  const emotion = folders.slice(at + 1).find((folder) => EMOTIONS.has(folder.toLowerCase())) ?? null;
  if (emotion === null && set !== 'test') return null;
  return { set, emotion, named: NAMED_SET.test(folders[at]!), timeCode: TIME_CODE.test(stem) };
}

function read({ videos }: Listing): LayoutReading {
  const reading: LayoutReading = { entries: [], notes: [], problems: [] };
  for (const video of videos) {
    const place = placeOf(video);
    if (place === null)
      reading.problems.push({
        path: video.path,
        reason: 'not below a train, val or test folder and an emotion of AFEW',
      });
    else reading.entries.push(entryOf(video, known(place)));
  }
  reading.notes.push(...notesOn(reading.entries));
  return reading;
}

function known({ set, emotion }: Place): Partial<ImportEntry> {
  if (set === 'test') return { attributes: { officialSet: 'test' } };
  return {
    label: canonicalLabel(emotion ?? ''),
    declaredSplit: set === 'val' ? 'test' : 'train',
    attributes: { officialSet: set },
  };
}

function notesOn(entries: ImportEntry[]): string[] {
  const unlabelled = entries.filter((entry) => entry.attributes.officialSet === 'test').length;
  return [
    "AFEW's val is the test set here (the labels of its test are private); its train is divided into train and val.",
    'The dataset names no subjects: sets are not known to be subject-disjoint.',
    ...(unlabelled > 0
      ? [
          `${countOf(unlabelled, 'video')} of AFEW's test ${unlabelled === 1 ? 'has no label and takes' : 'have no label and take'} no part in training.`,
        ]
      : []),
  ];
}
