import type { Moment } from '../contract/records.ts';
import { Rng } from '../data/rng.ts';
import type { Difficulty } from './difficulty.ts';
import { DEFAULT_DIFFICULTY } from './difficulty.ts';

/** The seven classes of the sample project, in the order of its files. */
export const SAMPLE_LABELS = ['neutral', 'happiness', 'sadness', 'surprise', 'fear', 'anger', 'disgust'] as const;

export type SampleLabel = (typeof SAMPLE_LABELS)[number];

export const SAMPLE_FPS = 25;

/** One video to draw: small, plain data, from which `renderClip` makes the same frames everywhere. */
export type SampleClip = {
  /** Relative to the folder of `labels.csv`, with forward slashes. */
  path: string;
  /** Seed of this video alone. */
  seed: number;
  /** Seed of the whole sample, which the looks of people depend on. */
  sampleSeed: number;
  person: number;
  /** Name of the person, the same in all of their videos. */
  subject: string;
  label: SampleLabel;
  frameCount: number;
  durationSec: number;
  /** When the expression is above half of its height; null for neutral videos. */
  moment: Moment | null;
};

export type SampleOptions = {
  seed?: number;
  /** @default 24 */
  people?: number;
  /** Videos of each class for each person. @default 1 */
  perClass?: number;
  difficulty?: Difficulty;
};

/** Lists the videos of a sample project: `people` × 7 × `perClass`, each with its own random stream. */
export function planSample(options: SampleOptions = {}): SampleClip[] {
  const { seed = 1, people = 24, perClass = 1, difficulty = DEFAULT_DIFFICULTY } = options;
  return Array.from({ length: people }, (_, person) =>
    SAMPLE_LABELS.flatMap((label, code) =>
      Array.from({ length: perClass }, (_, take) => {
        const rng = new Rng(seed).fork(`clip ${person} ${label} ${take}`);
        const subject = `person-${twoDigits(person + 1)}`;
        return {
          path: `videos/${subject}/${twoDigits(code + 1)}-${label}-${take + 1}.mp4`,
          seed: rng.integer(2 ** 32),
          sampleSeed: seed,
          person,
          subject,
          label,
          ...drawTimes(rng, label, difficulty),
        };
      }),
    ),
  ).flat();
}

type Times = Pick<SampleClip, 'frameCount' | 'durationSec' | 'moment'>;

function drawTimes(rng: Rng, label: SampleLabel, difficulty: Difficulty): Times {
  const frameCount = Math.round(rng.range(...difficulty.durationSec) * SAMPLE_FPS);
  const durationSec = frameCount / SAMPLE_FPS;
  if (label === 'neutral') return { frameCount, durationSec, moment: null };
  const length = rng.range(...difficulty.momentShare) * durationSec;
  const startSec = round(rng.range(0, durationSec - length));
  return { frameCount, durationSec, moment: { startSec, endSec: round(startSec + length) } };
}

/** To the millisecond. */
function round(sec: number): number {
  return Math.round(sec * 1000) / 1000;
}

function twoDigits(n: number): string {
  return String(n).padStart(2, '0');
}
