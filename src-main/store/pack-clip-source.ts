import type { ClipSource, ClipVideo, FrameRun } from '../data/clip-source.ts';
import type { CropPackIndex, VideoRecord } from '../contract/records.ts';
import { openCropPack, type CropPack } from './crop-pack-reader.ts';

const MIB = 2 ** 20;

type Options = {
  /** Where the pack of a video is. */
  packPath: (videoId: string) => string;
  /** Memory for decoded crops. Default 768 MiB. */
  cacheBytes?: number;
};

type Want = { videoId: string; strip: number; size: number };

/**
 * Clips out of crop packs. Decoded crops, resized, stay in memory until `cacheBytes` are full; nothing is thrown out
 * then, because training goes through all of the data in every epoch, where a cache that evicts would miss each time.
 */
export class PackClipSource implements ClipSource {
  readonly #packPath: (videoId: string) => string;
  readonly #packs = new Map<string, Promise<CropPack>>();
  readonly #strips = new Map<string, Uint8Array>();
  #bytesLeft: number;

  constructor({ packPath, cacheBytes = 768 * MIB }: Options) {
    this.#packPath = packPath;
    this.#bytesLeft = cacheBytes;
  }

  /** @throws AppError `corrupt`, `not-found`; `no-face` for frames outside the runs of the video */
  async readFrames(videoId: string, start: number, count: number, size: number): Promise<Uint8Array> {
    const pack = await this.#pack(videoId);
    const places = Array.from({ length: count }, (_, i) => pack.placeOf(start + i));
    const wanted = [...new Set(places.map(({ strip }) => strip))];
    const pixels = await Promise.all(wanted.map((strip) => this.#strip(pack, { videoId, strip, size })));
    const strips = new Map(wanted.map((strip, i) => [strip, pixels[i]!]));
    const bytes = size * size * 3;
    const out = new Uint8Array(count * bytes);
    places.forEach(({ strip, row }, i) => {
      out.set(strips.get(strip)!.subarray(row * bytes, (row + 1) * bytes), i * bytes);
    });
    return out;
  }

  #pack(videoId: string): Promise<CropPack> {
    const known = this.#packs.get(videoId);
    if (known) return known;
    const opened = openCropPack(this.#packPath(videoId)).then(({ pack }) => pack);
    this.#packs.set(videoId, opened);
    opened.catch(() => this.#packs.delete(videoId));
    return opened;
  }

  async #strip(pack: CropPack, { videoId, strip, size }: Want): Promise<Uint8Array> {
    const key = `${videoId}/${strip}/${size}`;
    const known = this.#strips.get(key);
    if (known) return known;
    const [pixels] = await pack.readStrips([strip], size);
    if (pixels!.length <= this.#bytesLeft && !this.#strips.has(key)) {
      this.#strips.set(key, pixels!);
      this.#bytesLeft -= pixels!.length;
    }
    return pixels!;
  }
}

/**
 * What training and inference know of a prepared video.
 * @param label - index into the classes of the run, or null
 */
export function clipVideoOf(record: VideoRecord, index: CropPackIndex, label: number | null): ClipVideo {
  return {
    id: record.id,
    path: record.path,
    label,
    subject: record.subject,
    runs: faceRuns(index),
    timesSec: Float64Array.from(index.frames, ({ timeSec }) => timeSec),
    durationSec: index.durationSec,
    faceCoverage: index.coverage,
    moment: record.moment,
  };
}

/** Stretches of frames [start, end) that show a face. */
export function faceRuns({ frames }: Pick<CropPackIndex, 'frames'>): FrameRun[] {
  const runs: FrameRun[] = [];
  frames.forEach(({ origin }, f) => {
    if (origin === 'absent') return;
    const last = runs.at(-1);
    if (last?.end === f) last.end = f + 1;
    else runs.push({ start: f, end: f + 1 });
  });
  return runs;
}
