import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src-main/contract/errors.ts';
import { readSafetensors, writeSafetensors } from '../../../src-main/store/safetensors.ts';

const FILE = 'weights.safetensors';

/** A file with the given header text and data, whatever they say. */
function fileOf(header: string | object, data: Uint8Array | number[] = [], length?: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const tensor = (dtype: string, shape: number[], start: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [start, end],
});

describe('safetensors', () => {
  it('come back as they were written, bit for bit', () => {
    const tensors = {
      'conv1.kernel': { shape: [2, 1, 3], data: new Float32Array([1, -2.5, NaN, Infinity, 1e-40, 6]) },
      scalar: { shape: [], data: new Float32Array([7]) },
      empty: { shape: [0, 4], data: new Float32Array() },
      'naïve "name"': { shape: [1], data: new Float32Array([9]) },
    };
    const file = readSafetensors(writeSafetensors(tensors, { epoch: '3' }), FILE);
    expect(file).toEqual({ tensors, others: {}, metadata: { epoch: '3' } });
  });

  it('start their data at a multiple of 8 bytes and begin with the length of the header', () => {
    const bytes = writeSafetensors({ a: { shape: [2], data: new Float32Array([1, 2]) } });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(bytes.length).toBe(8 + length + 8);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd()).toBe(
      '{"__metadata__":{},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
    );
  });

  it('are written from views into larger buffers', () => {
    const view = new Float32Array([0, 1, 2, 3]).subarray(1, 3);
    const { tensors } = readSafetensors(writeSafetensors({ view: { shape: [2], data: view } }), FILE);
    expect([...tensors['view']!.data]).toEqual([1, 2]);
  });

  it('are read from views that start anywhere', () => {
    const bytes = writeSafetensors({ a: { shape: [2], data: new Float32Array([1, 2]) } });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect([...readSafetensors(shifted.subarray(3), FILE).tensors['a']!.data]).toEqual([1, 2]);
  });

  it('of half, bfloat16 and double precision become f32', () => {
    const header = { h: tensor('F16', [5], 0, 10), b: tensor('BF16', [2], 10, 14), d: tensor('F64', [1], 14, 22) };
    const data = new Uint8Array(22);
    const view = new DataView(data.buffer);
    [0x3c00, 0xc500, 0x0001, 0x7c00, 0x8000].forEach((bits, i) => view.setUint16(2 * i, bits, true));
    [0x3f80, 0xc040].forEach((bits, i) => view.setUint16(10 + 2 * i, bits, true));
    view.setFloat64(14, 0.1, true);
    const { tensors } = readSafetensors(fileOf(header, data), FILE);
    expect([...tensors['h']!.data]).toEqual([1, -5, 2 ** -24, Infinity, -0]);
    expect([...tensors['b']!.data]).toEqual([1, -3]);
    expect([...tensors['d']!.data]).toEqual([Math.fround(0.1)]);
  });

  it('of whole numbers are named with their shape', () => {
    const file = readSafetensors(fileOf({ tracked: tensor('I64', [], 0, 8) }, new Uint8Array(8)), FILE);
    expect(file.tensors).toEqual({});
    expect(file.others).toEqual({ tracked: { dtype: 'I64', shape: [] } });
  });

  it('may be in any order in the header', () => {
    const header = { b: tensor('U8', [2], 1, 3), a: tensor('U8', [1], 0, 1) };
    expect(Object.keys(readSafetensors(fileOf(header, [1, 2, 3]), FILE).others)).toEqual(['b', 'a']);
  });

  it('refuse to be written when a shape does not hold its values', () => {
    expect(() => writeSafetensors({ a: { shape: [3], data: new Float32Array(2) } })).toThrow(
      'tensor "a": shape [3] does not hold 2 values',
    );
  });

  it('with the name __proto__ do not reach the prototype', () => {
    const file = readSafetensors(fileOf('{"__proto__":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'), FILE);
    expect(Object.keys(file.others)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(file.others)).toBe(Object.prototype);
  });
});

describe('a damaged file is refused with its name and', () => {
  const f32 = (shape: number[], start: number, end: number) => tensor('F32', shape, start, end);
  it.each<[string, Uint8Array, string]>([
    ['its size when empty', new Uint8Array(3), 'expected a safetensors header, found 3 bytes'],
    ['the limit of the header', fileOf('{}', [], 2 ** 40), 'expected a header of at most 100000000 bytes'],
    ['the length of a cut-off header', fileOf('{}', [], 50), 'the header says 50 bytes, the file has 2 more'],
    ['the encoding', fileOf('', [0xff, 0xfe], 2), 'not UTF-8'],
    ['broken JSON', fileOf('{"a":'), 'not JSON'],
    ['JSON that is no object', fileOf('[1]'), 'not a JSON object'],
    ['metadata that is not text', fileOf({ __metadata__: { a: 1 } }), 'metadata is not text'],
    [
      'a tensor that is there twice',
      fileOf('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]} , "\\u0061" : 1}'),
      'tensor "a" is there twice',
    ],
    ['an unknown type', fileOf({ a: tensor('F8', [1], 0, 1) }, [0]), 'tensor "a"'],
    ['a negative size', fileOf({ a: f32([-1], 0, 4) }, [0, 0, 0, 0]), 'tensor "a"'],
    ['a fractional offset', fileOf({ a: f32([1], 0.5, 4.5) }, [0, 0, 0, 0, 0]), 'tensor "a"'],
    ['an unknown field', fileOf({ a: { ...f32([0], 0, 0), extra: 1 } }), 'tensor "a"'],
    ['a wrong number of bytes', fileOf({ a: f32([2], 0, 4) }, [0, 0, 0, 0]), '[2] of F32 needs 8 bytes, found 4'],
    ['offsets the wrong way round', fileOf({ a: f32([0], 4, 0) }, [0, 0, 0, 0]), 'needs 0 bytes, found -4'],
    [
      'an overlap',
      fileOf({ a: f32([1], 0, 4), b: f32([1], 2, 6) }, new Uint8Array(6)),
      'tensor "b": expected to start at byte 4 of the data, found 2',
    ],
    ['a gap', fileOf({ a: f32([1], 4, 8) }, new Uint8Array(8)), 'tensor "a": expected to start at byte 0'],
    ['missing data', fileOf({ a: f32([2], 0, 8) }, new Uint8Array(7)), 'ends at byte 8 of the data, the file has 7'],
    ['left-over data', fileOf({ a: f32([1], 0, 4) }, new Uint8Array(6)), '2 bytes at the end belong to no tensor'],
  ])('%s', (_, bytes, message) => {
    const read = () => readSafetensors(bytes, FILE);
    expect(read).toThrow(`${FILE}: `);
    expect(read).toThrow(message);
    expect(read).toThrow(AppError);
  });

  it('truncation at every byte', () => {
    const whole = writeSafetensors({ a: { shape: [3], data: new Float32Array([1, 2, 3]) } }, { k: 'v' });
    for (let length = 0; length < whole.length; length++)
      expect(() => readSafetensors(whole.subarray(0, length), FILE)).toThrow(FILE);
  });
});
