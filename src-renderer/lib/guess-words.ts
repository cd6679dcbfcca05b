import type { PseudoSegment } from '../../src-main/contract/window/guesses.ts';
import { percentText } from './plain-numbers.ts';

/** A guessed segment in words: `happiness from 1.20 to 1.84 s, 87 % sure`. */
export function guessText({ label, startSec, endSec, confidence }: PseudoSegment): string {
  const sure = confidence === null ? '' : `, ${percentText(confidence)} sure`;
  return `${label} from ${startSec.toFixed(2)} to ${endSec.toFixed(2)} s${sure}`;
}
