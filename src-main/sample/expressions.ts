/**
 * The six expressions as combinations of action units (EMFACS), and the weak movements that resemble parts of them
 * without being an expression.
 */
import type { Rng } from '../data/rng.ts';
import type { FaceState } from './action-units.ts';
import { ACTION_UNITS } from './action-units.ts';
import type { SampleLabel } from './plan-sample.ts';

type Movement = Partial<FaceState>;

export const EXPRESSIONS: Record<Exclude<SampleLabel, 'neutral'>, Movement> = {
  happiness: { cheekUp: 1, cornerUp: 1, lipsPart: 1, lidTight: 0.1 },
  sadness: { innerBrowUp: 1.2, browDown: 0.35, cornerDown: 1.25, chinUp: 0.6, lidTight: 0.15 },
  surprise: { innerBrowUp: 1, outerBrowUp: 1, upperLidUp: 1, jawDrop: 0.85, lipsPart: 0.6 },
  fear: {
    innerBrowUp: 0.85,
    outerBrowUp: 0.5,
    browDown: 0.5,
    upperLidUp: 1,
    stretch: 1,
    jawDrop: 0.28,
    lipsPart: 1,
  },
  anger: {
    browDown: 1.35,
    upperLidUp: 0.3,
    lidTight: 1,
    lipTight: 1.2,
    noseWrinkle: 0.25,
    cornerDown: 0.3,
    chinUp: 0.35,
  },
  disgust: {
    noseWrinkle: 1,
    upperLipUp: 1,
    cornerDown: 0.45,
    cheekUp: 0.45,
    browDown: 0.45,
    lidTight: 0.5,
    lipsPart: 0.3,
  },
};

/** Movements of an idle face: each is a part of some expression, and none is one. */
export const DISTRACTORS: readonly Movement[] = [
  { innerBrowUp: 0.8, outerBrowUp: 0.8 },
  { innerBrowUp: 0.9 },
  { browDown: 0.9 },
  { lipTight: 1 },
  { cornerUp: 0.75 },
  { cornerDown: 0.8 },
  { upperLidUp: 0.9 },
  { cheekUp: 0.8, lidTight: 0.6 },
  { noseWrinkle: 0.7 },
  { upperLipUp: 0.7 },
  { jawDrop: 0.6, lipsPart: 0.5 },
  { stretch: 0.7 },
  { pucker: 1 },
];

/** An expression with each of its movements stronger or weaker by up to `spread`. */
export function inStyle(expression: Movement, spread: number, rng: Rng): Movement {
  const styled: Movement = {};
  for (const unit of ACTION_UNITS) {
    const gain = rng.range(1 - spread, 1 + spread);
    if (expression[unit]) styled[unit] = expression[unit] * gain;
  }
  return styled;
}
