/**
 * The safetensors format: u64 length of the header, JSON header {name: {dtype, shape, data_offsets}}, then the data of
 * all tensors without gaps, little-endian. Files come from strangers, so nothing in the header is believed unchecked.
 */
import { z } from 'zod';
import { AppError } from '../contract/errors.ts';
import { duplicateKey } from './json-keys.ts';

export type StoredTensor = { shape: readonly number[]; data: Float32Array };

export type SafetensorsFile = {
  /** Tensors of floating-point numbers, converted to f32. */
  tensors: Record<string, StoredTensor>;
  /** Tensors of other types, which networks have no use for: their headers. */
  others: Record<string, { dtype: string; shape: readonly number[] }>;
  metadata: Record<string, string>;
};

const LENGTH_BYTES = 8;
/** The limit of the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;
const BYTES_OF = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

const count = z.number().int().nonnegative();
const entrySchema = z.strictObject({
  dtype: z.enum(Object.keys(BYTES_OF) as (keyof typeof BYTES_OF)[]),
  shape: z.array(count),
  data_offsets: z.tuple([count, count]),
});
const metadataSchema = z.record(z.string(), z.string());

type Entry = { name: string; dtype: keyof typeof BYTES_OF; shape: number[]; start: number; end: number };

/**
 * @param metadata - free text by key
 * @returns the bytes of a file, the same for the same tensors in the same order
 */
export function writeSafetensors(
  tensors: Record<string, StoredTensor>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    if (sizeOf(shape) !== data.length)
      throw new AppError('bug', `tensor "${name}": shape [${shape.join(',')}] does not hold ${data.length} values`);
    const start = end;
    end += data.byteLength;
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] };
  }
  const text = paddedHeader(header);
  const bytes = new Uint8Array(LENGTH_BYTES + text.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, LENGTH_BYTES);
  let offset = LENGTH_BYTES + text.length;
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

/**
 * @param file - name for messages
 * @throws AppError `corrupt` naming the file, the tensor and what is wrong
 */
export function readSafetensors(bytes: Uint8Array, file: string): SafetensorsFile {
  const { header, data } = split(bytes, file);
  const { entries, metadata } = parseHeader(header, file);
  checkLayout(entries, data.length, file);
  const floats = entries.filter(({ dtype }) => dtype in TO_F32);
  const others = entries.filter(({ dtype }) => !(dtype in TO_F32));
  return {
    tensors: Object.fromEntries(floats.map((entry) => [entry.name, load(entry, data)])),
    others: Object.fromEntries(others.map(({ name, dtype, shape }) => [name, { dtype, shape }])),
    metadata,
  };
}

/** Spaces up to a multiple of 8, so that the data of a mapped file is aligned. */
function paddedHeader(header: Record<string, unknown>): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  return padded;
}

function split(bytes: Uint8Array, file: string): { header: string; data: Uint8Array } {
  if (bytes.length < LENGTH_BYTES) throw corrupt(file, `expected a safetensors header, found ${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const rest = bytes.length - LENGTH_BYTES;
  if (length > MAX_HEADER_BYTES)
    throw corrupt(
      file,
      `expected a header of at most ${MAX_HEADER_BYTES} bytes, found ${length}: not a safetensors file`,
    );
  if (length > rest) throw corrupt(file, `the header says ${length} bytes, the file has ${rest} more: cut off`);
  const headerBytes = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
  try {
    const header = new TextDecoder('utf-8', { fatal: true }).decode(headerBytes);
    return { header, data: bytes.subarray(LENGTH_BYTES + length) };
  } catch (error) {
    throw corrupt(file, 'the header is not UTF-8', error);
  }
}

function parseHeader(text: string, file: string): { entries: Entry[]; metadata: Record<string, string> } {
  const header = parseObject(text, file);
  const repeated = duplicateKey(text);
  if (repeated !== null) throw corrupt(file, `tensor "${repeated}" is there twice`);
  const metadata = metadataSchema.safeParse(header.get('__metadata__') ?? {});
  if (!metadata.success) throw corrupt(file, 'the metadata is not text by key');
  header.delete('__metadata__');
  const entries = [...header].map(([name, value]) => {
    const { success, data, error } = entrySchema.safeParse(value);
    if (!success) throw corrupt(file, `tensor "${name}": ${z.prettifyError(error)}`);
    const [start, end] = data.data_offsets;
    return { name, dtype: data.dtype, shape: data.shape, start, end };
  });
  return { entries, metadata: metadata.data };
}

function parseObject(text: string, file: string): Map<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return new Map(Object.entries(value));
  } catch (error) {
    throw corrupt(file, 'the header is not JSON', error);
  }
  throw corrupt(file, 'the header is not a JSON object');
}

/** Tensors must fill the data from its start to its end, without overlap or gap, each with the bytes of its shape. */
function checkLayout(entries: Entry[], dataBytes: number, file: string): void {
  let filled = 0;
  for (const { name, dtype, shape, start, end } of entries.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const bytes = sizeOf(shape) * BYTES_OF[dtype];
    if (end - start !== bytes)
      throw corrupt(
        file,
        `tensor "${name}": [${shape.join(',')}] of ${dtype} needs ${bytes} bytes, found ${end - start}`,
      );
    if (start !== filled)
      throw corrupt(file, `tensor "${name}": expected to start at byte ${filled} of the data, found ${start}`);
    if (end > dataBytes)
      throw corrupt(file, `tensor "${name}": ends at byte ${end} of the data, the file has ${dataBytes}: cut off`);
    filled = end;
  }
  if (filled !== dataBytes) throw corrupt(file, `${dataBytes - filled} bytes at the end belong to no tensor`);
}

/** Conversions to f32, from bytes that start at a multiple of the element size. */
const TO_F32: Partial<Record<Entry['dtype'], (buffer: ArrayBuffer) => Float32Array>> = {
  F32: (buffer) => new Float32Array(buffer),
  F64: (buffer) => Float32Array.from(new Float64Array(buffer)),
  F16: (buffer) => Float32Array.from(new Uint16Array(buffer), float16),
  BF16: (buffer) => new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer),
};

function load({ dtype, shape, start, end }: Entry, data: Uint8Array): StoredTensor {
  const aligned = new Uint8Array(data.subarray(start, end)).buffer;
  const convert = TO_F32[dtype];
  return { shape, data: convert ? convert(aligned) : new Float32Array() };
}

/** IEEE 754 half precision. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function corrupt(file: string, message: string, cause?: unknown): AppError {
  const hint = 'Get the file again from where it came from, or name another.';
  return new AppError('corrupt', `${file}: ${message}`, { hint, cause });
}
