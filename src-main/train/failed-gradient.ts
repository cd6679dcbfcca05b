import { engine } from '@tensorflow/tfjs-core';

/**
 * Runs a gradient and, where it fails, frees what its operations had saved for the way back. Why: TensorFlow.js frees that
 * only at the end of a gradient that succeeds (engine.ts of 4.22), so memory that ran out would never come back.
 */
export function freedOnFailure<T>(gradient: () => T): T {
  try {
    return gradient();
  } catch (error) {
    const { state } = engine();
    for (const { saved } of state.activeTape) saved?.forEach((tensor) => tensor.dispose());
    state.activeTape = [];
    throw error;
  }
}
