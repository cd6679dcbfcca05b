import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import { V128, type V128Local } from '../assembler/values.ts';

/** Added to a float below 2^22, this leaves its nearest integer in the low bits. */
const ROUNDING = 1.5 * 2 ** 23;
/** Below, e to the x is no normal f32. */
const LOWEST_EXPONENT = -87;
/** ln 2 in two parts, the first with so few bits that its products with whole numbers are exact. */
const LN2_HIGH = 355 / 512;
const LN2_LOW = Math.LN2 - LN2_HIGH;
const EXPONENT_BIAS = 127;
const MANTISSA_BITS = 23;
/** Taylor's series for e to the r, |r| at most ln(2)/2, from r squared on: the rest is below half a bit. */
const COEFFICIENTS = [2, 6, 24, 120, 720, 5040].map((factorial) => 1 / factorial);

/**
 * Code for e to the `x` for x up to 0, a relative error of some 1e-7; 0 below -87, 1 above 0. With x = z ln 2 + r, e to
 * the r comes from a polynomial and 2 to the z from bits.
 * @returns a function that sets `result`, which may hold the x
 */
export function exponential(k: KernelBuilder): (result: V128Local, x: V128) => void {
  const [argument, shifted, rest, power] = [k.v128(), k.v128(), k.v128(), k.v128()];
  return (result, x) => {
    argument.set(x.min(k.zero));
    rest.set(argument.max(V128.of(LOWEST_EXPONENT)));
    shifted.set(k.multiplyAdd(rest, V128.of(Math.LOG2E), V128.of(ROUNDING)));
    const whole = shifted.sub(V128.of(ROUNDING));
    rest.set(k.subtractProduct(whole, V128.of(LN2_HIGH), rest));
    rest.set(k.subtractProduct(whole, V128.of(LN2_LOW), rest));
    power.set(V128.of(COEFFICIENTS.at(-1)!));
    for (const coefficient of COEFFICIENTS.toReversed().slice(1))
      power.set(k.multiplyAdd(power, rest, V128.of(coefficient)));
    power.set(k.multiplyAdd(power.mul(rest), rest, rest.add(V128.of(1))));
    const bias = V128.bits([0, 1, 2, 3].map(() => EXPONENT_BIAS << MANTISSA_BITS));
    const scale = shifted.shiftLeftI32(MANTISSA_BITS).addI32(bias);
    result.set(power.mul(scale).and(argument.greaterThan(V128.of(LOWEST_EXPONENT))));
  };
}
