/**
 * Names of expressions. Labels are stored by name, never by number: the integer codes of datasets contradict each
 * other. Names that are not known stay as classes of the user's own; near-misses of known names are mistakes.
 */
import { nearest } from './edit-distance.ts';

export const BASIC_EXPRESSIONS = ['anger', 'disgust', 'fear', 'happiness', 'sadness', 'surprise', 'neutral'] as const;

/** Known beside the basic seven: AffectNet's eighth, RAVDESS's calm, and the rest of MAFW's eleven. */
export const FURTHER_EXPRESSIONS = ['contempt', 'calm', 'anxiety', 'helplessness', 'disappointment'] as const;

export type KnownLabel = (typeof BASIC_EXPRESSIONS)[number] | (typeof FURTHER_EXPRESSIONS)[number];

const SPELLINGS: Record<KnownLabel, readonly string[]> = {
  anger: ['anger', 'angry', 'ang'],
  disgust: ['disgust', 'disgusted', 'dis'],
  fear: ['fear', 'fearful', 'scared', 'afraid', 'fea'],
  happiness: ['happiness', 'happy', 'joy', 'hap'],
  sadness: ['sadness', 'sad'],
  surprise: ['surprise', 'surprised', 'sur'],
  neutral: ['neutral', 'neu'],
  contempt: ['contempt'],
  calm: ['calm'],
  anxiety: ['anxiety'],
  helplessness: ['helplessness'],
  disappointment: ['disappointment'],
};

/** One-letter codes (CREMA-D's votes); meant only where all one-letter labels of a list are among them. */
export const LETTER_CODES: Readonly<Record<string, KnownLabel>> = {
  A: 'anger',
  D: 'disgust',
  F: 'fear',
  H: 'happiness',
  N: 'neutral',
  S: 'sadness',
};

const LABEL_OF = new Map<string, KnownLabel>(
  (Object.keys(SPELLINGS) as KnownLabel[]).flatMap((label) =>
    SPELLINGS[label].map((spelling) => [spelling, label] as const),
  ),
);

/** The known label that a text names, in any case: `Happy` and `HAP` are happiness. Null for all other texts. */
export function canonicalLabel(text: string): KnownLabel | null {
  return LABEL_OF.get(text.trim().toLowerCase()) ?? null;
}

/**
 * The known label that a text was probably meant to be: one edit away, or two from a spelling of eight letters and
 * more. The first letter must agree, or `tear` would be a slip for `fear`; spellings of three letters are too near to
 * other words.
 */
export function misspeltLabel(text: string): KnownLabel | null {
  const word = text.trim().toLowerCase();
  if (LABEL_OF.has(word)) return null;
  const spellings = [...LABEL_OF.keys()].filter((spelling) => spelling.length > 3 && spelling[0] === word[0]);
  const found = nearest(word, spellings, (spelling) => (spelling.length >= 8 ? 2 : 1));
  return found === null ? null : LABEL_OF.get(found)!;
}

/** A label as a list or a folder gives it; `where` says where it stands, for messages. */
export type LabelCell = { text: string; where: string };

export type LabelReading = {
  /** From each text to the name to store. */
  nameOf: Map<string, string>;
  notes: string[];
  /** One line for each text that cannot be taken as it is. */
  mistakes: string[];
};

/**
 * Reads all the labels of a source together, because whether `A` is anger, and whether `laugh` is a class or a slip,
 * shows only in company.
 * @param minOwn - how often a class of the user's own must occur to be believed
 */
export function readLabels(cells: readonly LabelCell[], minOwn: number): LabelReading {
  const byText = Map.groupBy(cells, ({ text }) => text);
  const letters = lettersAreCodes([...byText.keys()]);
  const reading: LabelReading = { nameOf: new Map(), notes: [], mistakes: [] };
  const own = new Map<string, { name: string; places: string[] }>();
  for (const [text, alike] of byText) {
    const where = alike.map((cell) => cell.where);
    const known = canonicalLabel(text) ?? (letters ? (LETTER_CODES[text.trim().toUpperCase()] ?? null) : null);
    const mistake = known === null ? labelMistake(text) : null;
    if (known !== null) reading.nameOf.set(text, known);
    else if (mistake !== null) reading.mistakes.push(`${mistake} (${listed(where)})`);
    else keepOwn({ text, where }, own, reading);
  }
  judgeOwn(own, minOwn, reading);
  if (letters)
    reading.notes.push('One-letter labels are read as A anger, D disgust, F fear, H happiness, N neutral, S sadness.');
  return reading;
}

function lettersAreCodes(texts: string[]): boolean {
  const single = texts.map((text) => text.trim().toUpperCase()).filter((text) => text.length === 1);
  return single.length > 0 && single.every((letter) => letter in LETTER_CODES);
}

function labelMistake(text: string): string | null {
  if (!/\p{L}/u.test(text))
    return `'${text}' is not a name; number codes differ between datasets, so write the expression`;
  const meant = misspeltLabel(text);
  return meant === null ? null : `'${text}' looks like a slip for '${meant}'`;
}

/** Spellings that differ only in case, or in how Unicode writes an accent, are one class: the first one names it. */
function keepOwn(
  found: { text: string; where: string[] },
  own: Map<string, { name: string; places: string[] }>,
  reading: LabelReading,
): void {
  const name = found.text.trim().normalize('NFC');
  const entry = own.get(name.toLowerCase()) ?? { name, places: [] };
  for (const place of found.where) entry.places.push(place);
  own.set(name.toLowerCase(), entry);
  reading.nameOf.set(found.text, entry.name);
}

function judgeOwn(own: Map<string, { name: string; places: string[] }>, minOwn: number, reading: LabelReading): void {
  for (const { name, places } of own.values()) {
    if (places.length >= minOwn)
      reading.notes.push(
        `'${name}' is not one of the known expressions; kept as a class of its own (${places.length}).`,
      );
    else
      reading.mistakes.push(
        `'${name}' is not one of the known expressions, and a class of your own needs at least ${minOwn} videos (${listed(places)})`,
      );
  }
}

function listed(places: string[]): string {
  const shown = places.slice(0, 5).join(', ');
  return places.length > 5 ? `${shown} and ${places.length - 5} more` : shown;
}
