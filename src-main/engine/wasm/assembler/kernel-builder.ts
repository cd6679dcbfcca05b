import { concat, name, section, unsigned, vector } from './encoding.ts';
import { BULK_OP, CONTROL, F32_OP, LOCAL, SIMD_OP, TYPE } from './opcodes.ts';
import {
  F32Local,
  I32,
  I32Local,
  multiplyAdd,
  subtractProduct,
  V128,
  V128Local,
  type Code,
  type F32,
} from './values.ts';

/** What the machine offers; decides which instructions kernels use. */
export type Target = {
  /** Multiply and add in one instruction. */
  relaxedSimd: boolean;
  /** Memory shared between threads. */
  sharedMemory: boolean;
  /** Vectors side by side in a register tile: 2, or 4 where V8 fuses pairs into 256-bit ones. */
  tileVectors: 2 | 4;
};

/** Arguments of every kernel after `from`, `to` and `worker`. */
export const KERNEL_ARGS = 9;
const FIXED_PARAMS = 3;
const MAX_PAGES = 65536;

/**
 * Builds one kernel: a function over the work items [from, to), run by thread `worker` (0 is the caller), with up to
 * {@link KERNEL_ARGS} numbers, mostly addresses. Statements append code as they are called.
 */
export class KernelBuilder {
  readonly target: Target;
  readonly from: I32;
  readonly to: I32;
  readonly worker: I32;
  readonly #code: Code = [];
  /** Runs before the code. */
  readonly #prologue: Code = [];
  readonly #constants = new Map<number, V128Local>();
  readonly #locals: number[] = [];
  /** Variables of the loops that are open. */
  readonly #vectors: V128Local[] = [];
  /** Never set, so zero as all variables are at first. */
  #blank: V128Local | undefined;

  constructor(target: Target) {
    this.target = target;
    [this.from, this.to, this.worker] = [this.#param(0), this.#param(1), this.#param(2)];
  }

  /** Four zeros. */
  readonly zero: V128 = V128.zero();

  /** Argument number `index` of the kernel. */
  arg(index: number): I32 {
    return this.#param(FIXED_PARAMS + index);
  }

  args(count: number): I32[] {
    return Array.from({ length: count }, (_, index) => this.arg(index));
  }

  i32(initial?: number | I32): I32Local {
    const local = new I32Local(this.#code, this.#newLocal(TYPE.i32));
    if (initial !== undefined) local.set(initial);
    return local;
  }

  f32(initial?: number | F32): F32Local {
    const local = new F32Local(this.#code, this.#newLocal(TYPE.f32));
    if (initial !== undefined) local.set(initial);
    return local;
  }

  v128(initial?: V128): V128Local {
    const local = new V128Local(this.#code, this.#newLocal(TYPE.v128));
    this.#vectors.push(local);
    if (initial !== undefined) local.set(initial);
    return local;
  }

  /** The same number in all lanes, made once at the start of the kernel: for numbers that inner loops use. */
  constant(value: number): V128 {
    const known = this.#constants.get(value);
    if (known !== undefined) return known;
    const local = new V128Local(this.#prologue, this.#newLocal(TYPE.v128));
    local.set(V128.of(value));
    this.#constants.set(value, local);
    return local;
  }

  /** `count` vector variables. */
  vectors(count: number): V128Local[] {
    return Array.from({ length: count }, () => this.v128());
  }

  multiplyAdd(a: V128, b: V128, c: V128): V128 {
    return multiplyAdd(a, b, c, this.target.relaxedSimd);
  }

  /** c - a·b. */
  subtractProduct(a: V128, b: V128, c: V128): V128 {
    return subtractProduct(a, b, c, this.target.relaxedSimd);
  }

  store(address: I32, value: V128, offset = 0): void {
    address.emit(this.#code);
    value.emit(this.#code);
    this.#code.push(0xfd, SIMD_OP.store, 2, ...unsigned(offset));
  }

  /** Stores the first `lanes` (1 to 4) floats of a vector. */
  storeLanes(address: I32, value: V128Local, lanes: number, offset = 0): void {
    if (lanes >= 4) return this.store(address, value, offset);
    const put = (opcode: number, lane: number, at: number) => {
      address.emit(this.#code);
      value.emit(this.#code);
      this.#code.push(0xfd, opcode, 2, ...unsigned(at), lane);
    };
    if (lanes >= 2) put(SIMD_OP.storeLane64, 0, offset);
    if (lanes % 2 === 1) put(SIMD_OP.storeLane32, lanes - 1, offset + (lanes - 1) * 4);
  }

  storeF32(address: I32, value: F32, offset = 0): void {
    address.emit(this.#code);
    value.emit(this.#code);
    this.#code.push(F32_OP.store, 2, ...unsigned(offset));
  }

  /** Sets `bytes` bytes to zero. */
  clear(address: I32, bytes: number | I32): void {
    address.emit(this.#code);
    I32.of(0).emit(this.#code);
    I32.of(bytes).emit(this.#code);
    this.#code.push(0xfc, BULK_OP.fill, 0);
  }

  copy(to: I32, from: I32, bytes: number | I32): void {
    to.emit(this.#code);
    from.emit(this.#code);
    I32.of(bytes).emit(this.#code);
    this.#code.push(0xfc, BULK_OP.copy, 0, 0);
  }

  /** Runs the body for i = first, first + step, … below last; at least once. */
  forRange(first: number | I32, last: number | I32, body: (i: I32Local) => void, step = 1): void {
    const i = this.i32(first);
    if (typeof first === 'number' && typeof last === 'number' && first + step >= last) return body(i);
    this.#loop(() => {
      body(i);
      i.advance(step);
      i.below(last).emit(this.#code);
    });
  }

  /** Runs the body a fixed number of times, at least once. */
  repeat(count: number, body: () => void): void {
    if (count === 1) return body();
    const left = this.i32(count);
    this.#loop(() => {
      body();
      left.advance(-1);
      left.emit(this.#code);
    });
  }

  /** Runs the body again and again while the condition holds after it. */
  doWhile(body: () => void, condition: I32): void {
    this.#loop(() => {
      body();
      condition.emit(this.#code);
    });
  }

  if(condition: I32, then: () => void, otherwise?: () => void): void {
    condition.emit(this.#code);
    this.#code.push(CONTROL.if, TYPE.empty);
    then();
    if (otherwise !== undefined) {
      this.#code.push(CONTROL.else);
      otherwise();
    }
    this.#code.push(CONTROL.end);
  }

  /** The bytes of a module that imports the memory `e.m` and exports this kernel as `k`. */
  build(): Uint8Array<ArrayBuffer> {
    const params = Array.from({ length: FIXED_PARAMS + KERNEL_ARGS }, () => [TYPE.i32]);
    const limits = [this.target.sharedMemory ? 3 : 1, ...unsigned(1), ...unsigned(MAX_PAGES)];
    const locals = vector(this.#locals.map((type) => [1, type]));
    const body = concat([locals, this.#prologue, this.#code, [CONTROL.end]]);
    return concat([
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, vector([[TYPE.func, ...vector(params), ...vector([])]])),
      section(2, vector([[...name('e'), ...name('m'), 2, ...limits]])),
      section(3, vector([unsigned(0)])),
      section(7, vector([[...name('k'), 0, ...unsigned(0)]])),
      section(10, concat([unsigned(1), unsigned(body.length), body])),
    ]);
  }

  /** The body leaves the condition to go on on the stack. */
  #loop(body: () => void): void {
    const outside = this.#vectors.length;
    this.#code.push(CONTROL.loop, TYPE.empty);
    body();
    if (this.target.tileVectors === 4) this.#forgetVectors(outside);
    this.#code.push(CONTROL.branchIf, 0, CONTROL.end);
  }

  /**
   * Clears the vector variables that a loop's body made. Why: left as they are, V8 carries them into the next round, and
   * values in use elsewhere are not fused into 256-bit ones (see with --trace-wasm-revectorize).
   */
  #forgetVectors(outside: number): void {
    this.#blank ??= new V128Local(this.#code, this.#newLocal(TYPE.v128));
    for (const vector of this.#vectors.splice(outside)) vector.set(this.#blank);
  }

  #param(index: number): I32 {
    return new I32((code) => code.push(LOCAL.get, index));
  }

  #newLocal(type: number): number {
    this.#locals.push(type);
    return FIXED_PARAMS + KERNEL_ARGS + this.#locals.length - 1;
  }
}
