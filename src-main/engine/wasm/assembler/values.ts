/**
 * Expressions of the assembler: each knows how to append the code that leaves its value on the stack. Constants fold, so
 * that kernels specialised by shape carry no arithmetic on known numbers.
 */
import { float32, signed, unsigned } from './encoding.ts';
import { BULK_OP, F32_OP, I32_OP, LOCAL, SIMD_OP } from './opcodes.ts';

export type Code = number[];
type Emit = (code: Code) => void;

const PREFIX_SIMD = 0xfd;
const PREFIX_BULK = 0xfc;

/** Alignment hint (log2 bytes) and offset of a memory access. */
const memoryArgument = (offset: number) => [2, ...unsigned(offset)];

export const simd = (opcode: number) => [PREFIX_SIMD, ...unsigned(opcode)];

export class I32 {
  readonly emit: Emit;
  readonly constant: number | undefined;

  constructor(emit: Emit, constant?: number) {
    this.emit = emit;
    this.constant = constant;
  }

  static of(value: number | I32): I32 {
    if (value instanceof I32) return value;
    return new I32((code) => code.push(I32_OP.const, ...signed(value)), value);
  }

  add(other: number | I32): I32 {
    return this.#fold(other, 0, (a, b) => a + b) ?? this.#binary(I32_OP.add, other);
  }

  sub(other: number | I32): I32 {
    return this.#fold(other, 0, (a, b) => a - b) ?? this.#binary(I32_OP.sub, other);
  }

  mul(other: number | I32): I32 {
    return this.#fold(other, 1, (a, b) => Math.imul(a, b)) ?? this.#binary(I32_OP.mul, other);
  }

  /** Unsigned quotient. */
  div(other: number): I32 {
    return other === 1 ? this : this.#binary(I32_OP.divU, other);
  }

  /** Unsigned remainder. */
  rem(other: number): I32 {
    return other === 1 ? I32.of(0) : this.#binary(I32_OP.remU, other);
  }

  below(other: number | I32): I32 {
    return this.#binary(I32_OP.ltU, other);
  }

  lessThan(other: number | I32): I32 {
    return this.#binary(I32_OP.ltS, other);
  }

  atLeast(other: number | I32): I32 {
    return this.#binary(I32_OP.geS, other);
  }

  equals(other: number | I32): I32 {
    return this.#binary(I32_OP.eq, other);
  }

  and(other: I32): I32 {
    return this.#binary(I32_OP.and, other);
  }

  /** `yes` where this is not zero, else `no`. */
  select(yes: I32, no: I32): I32 {
    return new I32((code) => {
      for (const operand of [yes, no, this]) operand.emit(code);
      code.push(I32_OP.select);
    });
  }

  isZero(): I32 {
    return new I32((code) => {
      this.emit(code);
      code.push(I32_OP.eqz);
    });
  }

  /** The same bits as an f32. */
  asF32Bits(): F32 {
    return new F32((code) => {
      this.emit(code);
      code.push(F32_OP.reinterpretI32);
    });
  }

  toF32(): F32 {
    return new F32((code) => {
      this.emit(code);
      code.push(F32_OP.fromI32);
    });
  }

  /** The i32 at this address. */
  loadI32(offset = 0): I32 {
    return new I32((code) => {
      this.emit(code);
      code.push(I32_OP.load, ...memoryArgument(offset));
    });
  }

  /** The f32 at this address. */
  loadF32(offset = 0): F32 {
    return new F32((code) => {
      this.emit(code);
      code.push(F32_OP.load, ...memoryArgument(offset));
    });
  }

  /** Four floats at this address. */
  load(offset = 0): V128 {
    return new V128((code) => {
      this.emit(code);
      code.push(...simd(SIMD_OP.load), ...memoryArgument(offset));
    });
  }

  /** The float at this address in all four lanes. */
  loadSplat(offset = 0): V128 {
    return new V128((code) => {
      this.emit(code);
      code.push(...simd(SIMD_OP.loadSplat32), ...memoryArgument(offset));
    });
  }

  #fold(other: number | I32, neutral: number, apply: (a: number, b: number) => number): I32 | undefined {
    const b = I32.of(other).constant;
    if (b === undefined) return undefined;
    if (b === neutral) return this;
    return this.constant === undefined ? undefined : I32.of(apply(this.constant, b));
  }

  #binary(opcode: number, other: number | I32): I32 {
    return new I32((code) => {
      this.emit(code);
      I32.of(other).emit(code);
      code.push(opcode);
    });
  }
}

export class F32 {
  readonly emit: Emit;

  constructor(emit: Emit) {
    this.emit = emit;
  }

  static of(value: number | F32): F32 {
    return value instanceof F32 ? value : new F32((code) => code.push(F32_OP.const, ...float32(value)));
  }

  add = (other: number | F32): F32 => this.#binary(F32_OP.add, other);
  sub = (other: number | F32): F32 => this.#binary(F32_OP.sub, other);
  mul = (other: number | F32): F32 => this.#binary(F32_OP.mul, other);
  div = (other: number | F32): F32 => this.#binary(F32_OP.div, other);
  min = (other: number | F32): F32 => this.#binary(F32_OP.min, other);
  max = (other: number | F32): F32 => this.#binary(F32_OP.max, other);
  sqrt = (): F32 => this.#unary(F32_OP.sqrt);
  floor = (): F32 => this.#unary(F32_OP.floor);

  greaterThan(other: number | F32): I32 {
    return new I32((code) => {
      this.emit(code);
      F32.of(other).emit(code);
      code.push(F32_OP.gt);
    });
  }

  /** Towards zero; what does not fit becomes the nearest integer that does, NaN 0. */
  toI32(): I32 {
    return new I32((code) => {
      this.emit(code);
      code.push(PREFIX_BULK, BULK_OP.truncSatF32);
    });
  }

  splat(): V128 {
    return new V128((code) => {
      this.emit(code);
      code.push(...simd(SIMD_OP.splat));
    });
  }

  #binary(opcode: number, other: number | F32): F32 {
    return new F32((code) => {
      this.emit(code);
      F32.of(other).emit(code);
      code.push(opcode);
    });
  }

  #unary(opcode: number): F32 {
    return new F32((code) => {
      this.emit(code);
      code.push(opcode);
    });
  }
}

/** Four floats. */
export class V128 {
  readonly emit: Emit;

  constructor(emit: Emit) {
    this.emit = emit;
  }

  static zero(): V128 {
    return V128.of(0);
  }

  /** The same constant in all lanes. */
  static of(value: number): V128 {
    const lane = float32(value);
    return new V128((code) => code.push(...simd(SIMD_OP.const), ...lane, ...lane, ...lane, ...lane));
  }

  /** Four i32 lanes. */
  static bits(lanes: readonly number[]): V128 {
    const bytes = [...new Uint8Array(new Int32Array(lanes).buffer)];
    return new V128((code) => code.push(...simd(SIMD_OP.const), ...bytes));
  }

  add = (other: V128): V128 => this.#binary(SIMD_OP.add, other);
  sub = (other: V128): V128 => this.#binary(SIMD_OP.sub, other);
  mul = (other: V128): V128 => this.#binary(SIMD_OP.mul, other);
  div = (other: V128): V128 => this.#binary(SIMD_OP.div, other);
  /** The smaller; this where the other is NaN. */
  min = (other: V128): V128 => this.#binary(SIMD_OP.pseudoMin, other);
  /** The larger; this where the other is NaN. */
  max = (other: V128): V128 => this.#binary(SIMD_OP.pseudoMax, other);
  and = (other: V128): V128 => this.#binary(SIMD_OP.and, other);
  or = (other: V128): V128 => this.#binary(SIMD_OP.or, other);
  /** The bits of this that the other has not. */
  andNot = (other: V128): V128 => this.#binary(SIMD_OP.andNot, other);
  /** All bits of a lane set where it holds. */
  equals = (other: V128): V128 => this.#binary(SIMD_OP.eq, other);
  greaterThan = (other: V128): V128 => this.#binary(SIMD_OP.gt, other);
  lessThan = (other: V128): V128 => this.#binary(SIMD_OP.lt, other);

  sqrt(): V128 {
    return this.#unary(simd(SIMD_OP.sqrt));
  }

  floor(): V128 {
    return this.#unary(simd(SIMD_OP.floor));
  }

  /** Four lanes out of eight: 0 to 3 are those of this, 4 to 7 those of the other. */
  shuffle(other: V128, lanes: readonly [number, number, number, number]): V128 {
    const bytes = lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte));
    return new V128((code) => {
      this.emit(code);
      other.emit(code);
      code.push(...simd(SIMD_OP.shuffle), ...bytes);
    });
  }

  /** Lanes taken as i32. */
  addI32 = (other: V128): V128 => this.#binary(SIMD_OP.addI32, other);

  /** Lanes taken as i32. */
  shiftLeftI32(bits: number): V128 {
    return new V128((code) => {
      this.emit(code);
      I32.of(bits).emit(code);
      code.push(...simd(SIMD_OP.shiftLeftI32));
    });
  }

  /** Lanes taken as i32 and turned into floats. */
  fromI32(): V128 {
    return this.#unary(simd(SIMD_OP.fromI32));
  }

  lane(index: number): F32 {
    return new F32((code) => {
      this.emit(code);
      code.push(...simd(SIMD_OP.extractLane), index);
    });
  }

  #binary(opcode: number, other: V128): V128 {
    return new V128((code) => {
      this.emit(code);
      other.emit(code);
      code.push(...simd(opcode));
    });
  }

  #unary(bytes: number[]): V128 {
    return new V128((code) => {
      this.emit(code);
      code.push(...bytes);
    });
  }
}

/** a·b + c in one rounding where the machine has relaxed SIMD. */
export function multiplyAdd(a: V128, b: V128, c: V128, relaxed: boolean): V128 {
  return new V128((code) => {
    a.emit(code);
    b.emit(code);
    if (!relaxed) code.push(...simd(SIMD_OP.mul));
    c.emit(code);
    code.push(...simd(relaxed ? SIMD_OP.relaxedMadd : SIMD_OP.add));
  });
}

/** c - a·b, likewise. */
export function subtractProduct(a: V128, b: V128, c: V128, relaxed: boolean): V128 {
  if (!relaxed) return c.sub(a.mul(b));
  return new V128((code) => {
    for (const operand of [a, b, c]) operand.emit(code);
    code.push(...simd(SIMD_OP.relaxedNegativeMadd));
  });
}

/** A variable of a function: an expression that can be set. */
export class I32Local extends I32 {
  readonly set: (value: number | I32) => void;

  constructor(code: Code, index: number) {
    super((at) => at.push(LOCAL.get, ...unsigned(index)));
    this.set = (value) => {
      I32.of(value).emit(code);
      code.push(LOCAL.set, ...unsigned(index));
    };
  }

  /** Adds to itself. */
  advance(amount: number | I32): void {
    this.set(this.add(amount));
  }
}

export class F32Local extends F32 {
  readonly set: (value: number | F32) => void;

  constructor(code: Code, index: number) {
    super((at) => at.push(LOCAL.get, ...unsigned(index)));
    this.set = (value) => {
      F32.of(value).emit(code);
      code.push(LOCAL.set, ...unsigned(index));
    };
  }
}

export class V128Local extends V128 {
  readonly set: (value: V128) => void;

  constructor(code: Code, index: number) {
    super((at) => at.push(LOCAL.get, ...unsigned(index)));
    this.set = (value) => {
      value.emit(code);
      code.push(LOCAL.set, ...unsigned(index));
    };
  }
}
