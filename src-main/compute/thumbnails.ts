import sharp from 'sharp';
import type { CropPackIndex } from '../contract/records.ts';
import type { CropPack } from '../store/crop-pack-reader.ts';
import type { Thumbnail } from '../report/report-data.ts';

const SIDE = 72;
const QUALITY = 78;

/** Face crops nearest to the given times as small JPEGs; times whose nearest frame has no face are left out. */
export function thumbnailsAt(pack: CropPack, index: CropPackIndex, timesSec: readonly number[]): Promise<Thumbnail[]> {
  return facePictures(pack, index, { timesSec, side: SIDE });
}

/** As {@link thumbnailsAt}, with pictures of `side` by `side` pixels. */
export async function facePictures(
  pack: CropPack,
  index: CropPackIndex,
  { timesSec, side }: { timesSec: readonly number[]; side: number },
): Promise<Thumbnail[]> {
  const frames = timesSec.map((timeSec) => nearestFrame(index, timeSec));
  const shown = frames.filter(({ origin }) => origin !== 'absent');
  const pixels = await pack.readCrops(
    shown.map(({ frame }) => frame),
    side,
  );
  return Promise.all(
    shown.map(async ({ timeSec }, i) => {
      const crop = pixels.subarray(i * side * side * 3, (i + 1) * side * side * 3);
      const raw = { width: side, height: side, channels: 3 as const };
      return { timeSec, jpeg: await sharp(crop, { raw }).jpeg({ quality: QUALITY }).toBuffer() };
    }),
  );
}

function nearestFrame({ frames }: CropPackIndex, timeSec: number) {
  return frames.reduce((best, frame) =>
    Math.abs(frame.timeSec - timeSec) < Math.abs(best.timeSec - timeSec) ? frame : best,
  );
}
