/** Renders `build/icon.svg` into what installers need: PNGs for Linux, an .ico for Windows, an .icns for macOS. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const SOURCE = fileURLToPath(new URL('./icon.svg', import.meta.url));
const LINUX_SIDES = [16, 32, 48, 64, 128, 256, 512];
const ICO_SIDES = [16, 24, 32, 48, 64, 128, 256];
/** Types of Apple's icon file that hold PNGs, by side. */
const ICNS_TYPES = {
  icp4: 16,
  icp5: 32,
  ic07: 128,
  ic08: 256,
  ic09: 512,
  ic10: 1024,
  ic11: 32,
  ic12: 64,
  ic13: 256,
  ic14: 512,
};

/** Writes `icons/<side>x<side>.png`, `icon.ico` and `icon.icns` into a folder. */
export async function renderIcons(folder: string): Promise<void> {
  mkdirSync(path.join(folder, 'icons'), { recursive: true });
  const sides = [...new Set([...LINUX_SIDES, ...ICO_SIDES, ...Object.values(ICNS_TYPES)])];
  const pngs = new Map(await Promise.all(sides.map(async (side) => [side, await png(side)] as const)));
  for (const side of LINUX_SIDES) writeFileSync(path.join(folder, 'icons', `${side}x${side}.png`), pngs.get(side)!);
  writeFileSync(path.join(folder, 'icon.ico'), ico(ICO_SIDES.map((side) => [side, pngs.get(side)!])));
  writeFileSync(
    path.join(folder, 'icon.icns'),
    icns(Object.entries(ICNS_TYPES).map(([type, side]) => [type, pngs.get(side)!])),
  );
}

function png(side: number): Promise<Buffer> {
  return sharp(SOURCE).resize(side, side).png({ compressionLevel: 9 }).toBuffer();
}

/** Header, a directory entry of 16 bytes for each picture, the pictures; side 256 is written as 0. */
function ico(pictures: readonly [side: number, png: Buffer][]): Buffer {
  const header = Buffer.alloc(6 + 16 * pictures.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length;
  pictures.forEach(([side, { length }], i) => {
    const at = 6 + 16 * i;
    header.writeUInt8(side % 256, at);
    header.writeUInt8(side % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += length;
  });
  return Buffer.concat([header, ...pictures.map(([, picture]) => picture)]);
}

/** `icns`, the length of all, then for each picture its type, the length with these 8 bytes, and the picture. */
function icns(pictures: readonly [type: string, png: Buffer][]): Buffer {
  const chunk = (type: string, content: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(8 + content.length, 4);
    return Buffer.concat([head, content]);
  };
  return chunk('icns', Buffer.concat(pictures.map(([type, picture]) => chunk(type, picture))));
}

if (import.meta.main) await renderIcons(fileURLToPath(new URL('./rendered', import.meta.url)));
