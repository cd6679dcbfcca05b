/**
 * Dynamic loss scaling (Micikevicius et al. 2018, section 3.2). Gradients that pass through f16 lose what lies below
 * 2^-24 and overflow above 65504, so the loss is multiplied by a factor before it is differentiated and the gradients are
 * divided by it before they are used. The factor grows until a gradient overflows; that step is skipped and the factor
 * halved. Factors are powers of two: scaling itself rounds nothing.
 */
import { z } from 'zod';

export const lossScaleStateSchema = z.strictObject({
  factor: z.number().positive(),
  /** Steps since the factor last changed. */
  goodSteps: z.number().int().nonnegative(),
});
export type LossScaleState = z.infer<typeof lossScaleStateSchema>;

/** `growthSteps`: good steps in a row after which the factor doubles. */
export type LossScaleOptions = { growthSteps: number };

const INITIAL: LossScaleState = { factor: 2 ** 16, goodSteps: 0 };
const LARGEST = 2 ** 24;

/** How often others double it too: PyTorch's GradScaler. */
const USUAL: LossScaleOptions = { growthSteps: 2000 };

export class LossScale {
  readonly #growthSteps: number;
  #state: LossScaleState;

  constructor(state: LossScaleState = INITIAL, { growthSteps }: LossScaleOptions = USUAL) {
    this.#state = state;
    this.#growthSteps = growthSteps;
  }

  /** What losses are multiplied by; at least 1. */
  get factor(): number {
    return this.#state.factor;
  }

  /** All that a checkpoint needs. */
  get state(): LossScaleState {
    return this.#state;
  }

  /**
   * Whether a smaller factor may help: the gradient is not finite though the losses are, and the factor is not 1 yet.
   * What remains is the fault of the training.
   */
  isOverflow(losses: readonly number[], gradientNorm: number): boolean {
    return !Number.isFinite(gradientNorm) && losses.every(Number.isFinite) && this.#state.factor > 1;
  }

  /** After a step whose gradients were all finite. */
  grow(): void {
    const { factor, goodSteps } = this.#state;
    const isDue = goodSteps + 1 >= this.#growthSteps && factor < LARGEST;
    this.#state = isDue ? { factor: 2 * factor, goodSteps: 0 } : { factor, goodSteps: goodSteps + 1 };
  }

  /** After gradients that overflowed. */
  shrink(): void {
    this.#state = { factor: Math.max(1, this.#state.factor / 2), goodSteps: 0 };
  }
}
