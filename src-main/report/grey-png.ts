import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * An 8-bit greyscale PNG as a data URI.
 * @param rows - [height][width], 0 black to 1 white; at least one pixel
 */
export function greyPngUri(rows: readonly (readonly number[])[]): string {
  const height = rows.length;
  const width = rows[0]!.length;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const png = Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', pixels(rows)), chunk('IEND')]);
  return `data:image/png;base64,${png.toString('base64')}`;
}

/** Each row after a byte that says "not filtered", deflated together. */
function pixels(rows: readonly (readonly number[])[]): Buffer {
  const bytes = rows.flatMap((row) => [0, ...row.map((value) => Math.round(255 * Math.min(1, Math.max(0, value))))]);
  return deflateSync(Uint8Array.from(bytes), { level: 9 });
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'ascii'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
