/** Expressions over vectors of small integers, for kernels that read and write bytes. */
import { unsigned } from './encoding.ts';
import { SIMD_OP } from './opcodes.ts';
import { I32, simd, V128 } from './values.ts';

const LANES_I16 = 8;
const HALF_BITS = 16;

/** The same 16-bit number in all eight lanes. */
export function constantI16(value: number): V128 {
  const bytes = new Uint8Array(new Int16Array(LANES_I16).fill(value).buffer);
  return new V128((code) => code.push(...simd(SIMD_OP.const), ...bytes));
}

/** Eight bytes at an address, each in a 16-bit lane. */
export function loadWideBytes(address: I32, offset = 0): V128 {
  return new V128((code) => {
    address.emit(code);
    code.push(...simd(SIMD_OP.loadWideBytes), 0, ...unsigned(offset));
  });
}

export const addI16 = (a: V128, b: V128): V128 => binary(SIMD_OP.addI16, a, b);
export const subI16 = (a: V128, b: V128): V128 => binary(SIMD_OP.subI16, a, b);
export const shiftLeftI16 = (a: V128, bits: number): V128 => shift(SIMD_OP.shiftLeftI16, a, bits);

/** a·b >> 16, as of whole numbers: towards minus infinity. */
export function multiplyHighI16(a: V128, b: V128): V128 {
  const half = (opcode: number) => shift(SIMD_OP.shiftRightI32, binary(opcode, a, b), HALF_BITS);
  return binary(SIMD_OP.narrowI32, half(SIMD_OP.productLowI16), half(SIMD_OP.productHighI16));
}

/** Sixteen 16-bit lanes as bytes, limited to 0..255. */
export const narrowToBytes = (low: V128, high: V128): V128 => binary(SIMD_OP.narrowToBytes, low, high);

/** Sixteen bytes out of 32: 0 to 15 are those of `a`, 16 to 31 those of `b`. */
export function shuffleBytes(a: V128, b: V128, places: readonly number[]): V128 {
  return new V128((code) => {
    a.emit(code);
    b.emit(code);
    code.push(...simd(SIMD_OP.shuffle), ...places);
  });
}

function binary(opcode: number, a: V128, b: V128): V128 {
  return new V128((code) => {
    a.emit(code);
    b.emit(code);
    code.push(...simd(opcode));
  });
}

function shift(opcode: number, a: V128, bits: number): V128 {
  return new V128((code) => {
    a.emit(code);
    I32.of(bits).emit(code);
    code.push(...simd(opcode));
  });
}
