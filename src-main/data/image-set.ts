/**
 * Labelled pictures in memory, as the training loop takes them: each is a video of one frame.
 */
import { AppError } from '../contract/errors.ts';
import type { ClipSource, ClipVideo } from './clip-source.ts';
import type { Rng } from './rng.ts';

/** `set` null: not said. */
export type LabelledImage = { label: number; set: 'train' | 'test' | null };

/** `pixels` u8 [n,h,w,c], RGB, in the order of `images`; all are squares of `size`. */
export type ImageSet = { classes: string[]; size: number; images: LabelledImage[]; pixels: Uint8Array };

/** The pictures of each use; the search divides `train` once more. */
export type ImageSplit = { train: ClipVideo[]; val: ClipVideo[]; test: ClipVideo[] };

const CHANNELS = 3;

/** Share of the training pictures that chooses among networks trained alone, and of the test where none is declared. */
const HELD_OUT = 0.1;

/** Puts several sources after one another. @throws AppError `bad-input` where their classes or sizes differ */
export function joinImageSets(sets: readonly ImageSet[]): ImageSet {
  const [first] = sets as [ImageSet];
  const differs = sets.some(({ classes, size }) => classes.join() !== first.classes.join() || size !== first.size);
  if (differs)
    throw new AppError(
      'bad-input',
      'The files hold pictures of different classes or sizes: expected those of one set.',
      {
        hint: 'Keep CIFAR-10 and CIFAR-100 in folders of their own.',
      },
    );
  const pixels = new Uint8Array(sets.reduce((sum, set) => sum + set.pixels.length, 0));
  let offset = 0;
  for (const set of sets) {
    pixels.set(set.pixels, offset);
    offset += set.pixels.length;
  }
  return { classes: first.classes, size: first.size, images: sets.flatMap(({ images }) => images), pixels };
}

/** Each picture as a video of one frame; its id is its index. */
export function imageVideos({ images }: ImageSet): ClipVideo[] {
  const shared = { subject: null, timesSec: Float64Array.of(0), durationSec: 0, faceCoverage: 1, moment: null };
  const runs = [{ start: 0, end: 1 }];
  return images.map(({ label }, i) => ({ ...shared, id: String(i), path: `image ${i}`, label, runs }));
}

/** Test pictures as declared, or else a tenth; a tenth of the rest validates. Evenly by class. */
export function splitImages(set: ImageSet, rng: Rng): ImageSplit {
  const videos = imageVideos(set);
  const declared = videos.filter((_, i) => set.images[i]!.set === 'test');
  const rest = videos.filter((_, i) => set.images[i]!.set !== 'test');
  const [test, learned] = declared.length > 0 ? [declared, rest] : divideByClass(rest, HELD_OUT, rng.fork('test'));
  const [val, train] = divideByClass(learned, HELD_OUT, rng.fork('val'));
  return { train, val, test };
}

/** Takes a share of each class at random. @returns what was taken and the rest, in the order of `videos` */
export function divideByClass(
  videos: readonly ClipVideo[],
  share: number,
  rng: Rng,
): [taken: ClipVideo[], rest: ClipVideo[]] {
  const ids = new Set<string>();
  for (const members of Map.groupBy(videos, ({ label }) => label).values())
    for (const { id } of rng.shuffle(members).slice(0, Math.round(share * members.length))) ids.add(id);
  return [videos.filter(({ id }) => ids.has(id)), videos.filter(({ id }) => !ids.has(id))];
}

/** Pictures as clips of one frame. */
export class ImageClips implements ClipSource {
  readonly #set: ImageSet;

  constructor(set: ImageSet) {
    this.#set = set;
  }

  readFrames(videoId: string, _start: number, _count: number, size: number): Promise<Uint8Array> {
    const { pixels, size: own } = this.#set;
    if (size !== own) throw new Error(`pictures of ${own} pixels, asked for ${size}`);
    const bytes = size * size * CHANNELS;
    const index = Number(videoId);
    return Promise.resolve(pixels.subarray(index * bytes, (index + 1) * bytes));
  }
}
