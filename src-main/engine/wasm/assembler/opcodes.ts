/** Opcodes of the WebAssembly core specification; those of SIMD follow the prefix 0xfd. */

export const TYPE = { i32: 0x7f, f32: 0x7d, v128: 0x7b, func: 0x60, empty: 0x40 } as const;

export const CONTROL = { loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, branchIf: 0x0d } as const;

export const LOCAL = { get: 0x20, set: 0x21, tee: 0x22 } as const;

export const I32_OP = {
  select: 0x1b,
  load: 0x28,
  store: 0x36,
  const: 0x41,
  eqz: 0x45,
  eq: 0x46,
  ltS: 0x48,
  ltU: 0x49,
  geS: 0x4e,
  add: 0x6a,
  sub: 0x6b,
  mul: 0x6c,
  divU: 0x6e,
  remU: 0x70,
  and: 0x71,
} as const;

export const F32_OP = {
  load: 0x2a,
  store: 0x38,
  const: 0x43,
  lt: 0x5d,
  gt: 0x5e,
  abs: 0x8b,
  floor: 0x8e,
  sqrt: 0x91,
  add: 0x92,
  sub: 0x93,
  mul: 0x94,
  div: 0x95,
  min: 0x96,
  max: 0x97,
  fromI32: 0xb2,
  reinterpretI32: 0xbe,
} as const;

/** After the prefix 0xfc. */
export const BULK_OP = { truncSatF32: 0, copy: 10, fill: 11 } as const;

export const SIMD_OP = {
  load: 0,
  loadWideBytes: 2,
  loadSplat32: 9,
  store: 11,
  const: 12,
  shuffle: 13,
  splat: 19,
  extractLane: 31,
  eq: 0x41,
  lt: 0x43,
  gt: 0x44,
  and: 0x4e,
  andNot: 0x4f,
  or: 0x50,
  floor: 0x68,
  storeLane32: 90,
  storeLane64: 91,
  narrowToBytes: 102,
  narrowI32: 133,
  shiftLeftI16: 139,
  addI16: 142,
  subI16: 145,
  shiftLeftI32: 171,
  shiftRightI32: 172,
  addI32: 174,
  productLowI16: 188,
  productHighI16: 189,
  sqrt: 227,
  add: 228,
  sub: 229,
  mul: 230,
  div: 231,
  pseudoMin: 234,
  pseudoMax: 235,
  fromI32: 250,
  relaxedMadd: 0x105,
  relaxedNegativeMadd: 0x106,
} as const;
