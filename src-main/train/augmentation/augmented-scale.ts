import type { PixelScale } from '../../../models/ops/clip-transform.ts';
import { PIXEL_SCALE } from '../../data/batches.ts';

/** The normalisation of all networks; what comes in from outside the picture is the mean colour (algorithms.md 3.2). */
export const AUGMENTED_SCALE: PixelScale = { ...PIXEL_SCALE, fill: PIXEL_SCALE.mean };
