import { tensor } from '@tensorflow/tfjs-core';
import type { Variables } from '../../models/types.ts';
import type { Rng } from '../../src-main/data/rng.ts';

/** Puts random kernels where first values are zero, as in a last layer: behind those no layer before would matter. */
export function fillZeroKernels({ params, buffers }: Variables, rng: Rng): Variables {
  for (const [name, kernel] of Object.entries(params)) {
    if (!name.endsWith('.kernel') || kernel.dataSync().some((value) => value !== 0)) continue;
    const values = Float32Array.from({ length: kernel.size }, () => 0.3 * rng.normal());
    params[name] = tensor(values, kernel.shape);
    kernel.dispose();
  }
  return { params, buffers };
}
