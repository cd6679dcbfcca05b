import type { ComputeProgram } from '../compute-program.ts';
import { eachItem } from './each-item.ts';

/** Running statistics after a batch, channel by channel (models/ops/batch-norm.ts). */
export function movingStatistics(): ComputeProgram {
  return eachItem({
    label: 'moving statistics',
    reads: ['mean', 'variance', 'batchMean', 'batchVariance'],
    results: ['newMean', 'newVariance'],
    uniforms: { kept: 'f32', momentum: 'f32', unbias: 'f32' },
    statements: `  newMean[i] = mean[i] * uniforms.kept + batchMean[i] * uniforms.momentum;
  newVariance[i] = variance[i] * uniforms.kept + batchVariance[i] * uniforms.unbias * uniforms.momentum;`,
  });
}
