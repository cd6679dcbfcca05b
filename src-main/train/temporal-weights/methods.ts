import type { ResolvedConfig } from '../../contract/config.ts';
import type { TemporalWeights } from '../bilevel-problem.ts';
import { semiWeak } from '../pseudo-labels/semi-weak.ts';
import { averagePooling } from './average.ts';
import { jointSoftmaxPooling } from './joint-softmax.ts';
import { maxPooling } from './max.ts';
import { reinforce } from './reinforce.ts';
import { softmaxPooling } from './softmax.ts';
import { stochasticSoftmax } from './stochastic-softmax.ts';
import { weightedUniform } from './weighted-uniform.ts';

/** How a config has clips chosen: by its temporal pooling method, or as pseudo-labels. */
export function temporalWeights(config: ResolvedConfig): TemporalWeights {
  if (config.labels === 'semi-weak') return semiWeak(config);
  switch (config.pooling) {
    case 'average':
      return averagePooling(config);
    case 'max':
      return maxPooling();
    case 'softmax':
      return softmaxPooling(config);
    case 'weighted-uniform':
      return weightedUniform(config);
    case 'stochastic-softmax':
      return stochasticSoftmax(config);
    case 'reinforce':
      return reinforce(config);
    case 'joint-softmax':
      return jointSoftmaxPooling();
    default:
      return config.pooling satisfies never;
  }
}
