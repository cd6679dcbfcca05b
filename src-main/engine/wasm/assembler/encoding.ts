/** The byte encodings of the WebAssembly binary format: LEB128 integers, vectors, names, sections. */

/** Unsigned LEB128 of a 32-bit number. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** Signed LEB128 of a 32-bit number. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const signIsSet = (low & 0x40) !== 0;
    if ((rest === 0 && !signIsSet) || (rest === -1 && signIsSet)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

/** Little-endian bytes of an f32. */
export function float32(value: number): number[] {
  return [...new Uint8Array(new Float32Array([value]).buffer)];
}

export function name(text: string): number[] {
  return [...unsigned(text.length), ...new TextEncoder().encode(text)];
}

/** A vector: its length, then its items. */
export function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

/** Concatenates without the argument limit of spread calls. */
export function concat(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function section(id: number, body: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  return concat([[id], unsigned(body.length), body]);
}
