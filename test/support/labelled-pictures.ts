import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { Rng } from '../../src-main/data/rng.ts';

/** Writes pictures of noise, reddish and bluish, into one folder a class. */
export async function writePictures(folder: string, perClass: number, side: number): Promise<void> {
  const rng = new Rng(1);
  for (const [name, bright] of [
    ['blue', 2],
    ['red', 0],
  ] as const) {
    await mkdir(path.join(folder, name), { recursive: true });
    for (let i = 0; i < perClass; i++) {
      const pixels = Uint8Array.from({ length: side * side * 3 }, (_, at) =>
        rng.integer(at % 3 === bright ? 256 : 200),
      );
      const picture = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
      await picture.png().toFile(path.join(folder, name, `${String(i).padStart(3, '0')}.png`));
    }
  }
}
