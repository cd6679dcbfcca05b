const UNCOMPRESSED = 0;

/**
 * Reads an uncompressed 24 or 32 bit Windows bitmap, which is what programs write; sharp has no reader for them.
 * @returns `rgb` u8 [h,w,c] with c = 3, top row first
 * @throws Error saying what is wrong with the file
 */
export function readBmp(content: Buffer): { width: number; height: number; rgb: Uint8Array } {
  if (content.length < 54 || content.toString('latin1', 0, 2) !== 'BM') throw new Error('it is not a bitmap');
  const pixels = content.readUInt32LE(10);
  const width = content.readInt32LE(18);
  const signedHeight = content.readInt32LE(22);
  const bits = content.readUInt16LE(28);
  if (content.readUInt32LE(30) !== UNCOMPRESSED || (bits !== 24 && bits !== 32)) {
    throw new Error(`it is a bitmap of ${bits} bits or compressed; expected 24 or 32 bits, uncompressed`);
  }
  const height = Math.abs(signedHeight);
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (width <= 0 || height === 0 || content.length < pixels + stride * height) throw new Error('it is cut off');
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const storedRow = signedHeight > 0 ? height - 1 - y : y;
    copyRow(content, pixels + storedRow * stride, bits / 8, rgb.subarray(y * width * 3, (y + 1) * width * 3));
  }
  return { width, height, rgb };
}

/** Stored pixels are blue, green, red (, unused). */
function copyRow(content: Buffer, offset: number, bytesPerPixel: number, row: Uint8Array): void {
  for (let out = 0, at = offset; out < row.length; out += 3, at += bytesPerPixel) {
    row[out] = content[at + 2]!;
    row[out + 1] = content[at + 1]!;
    row[out + 2] = content[at]!;
  }
}
