import { modelCard } from '../../../models/index.ts';
import type { ResolvedConfig } from '../../contract/config.ts';
import type { TemporalWeights } from '../bilevel-problem.ts';
import { semiWeak } from '../pseudo-labels/semi-weak.ts';
import { averagePooling } from './average.ts';
import { jointSoftmaxPooling } from './joint-softmax.ts';
import { maxPooling } from './max.ts';
import { ownProbability } from './own-probability.ts';
import { reinforce } from './reinforce.ts';
import { softmaxPooling } from './softmax.ts';
import { stochasticSoftmax } from './stochastic-softmax.ts';
import { weightedUniform } from './weighted-uniform.ts';

/** How a config has clips chosen: by its temporal pooling method, or as pseudo-labels. */
export function temporalWeights(config: ResolvedConfig): TemporalWeights {
  if (config.labels === 'semi-weak') return semiWeak(config);
  const method = poolingMethod(config);
  return modelCard(config.model).clipLoss === 'own-probability' ? ownProbability(method) : method;
}

function poolingMethod(config: ResolvedConfig): TemporalWeights {
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
      return jointSoftmaxPooling(config);
    default:
      return config.pooling satisfies never;
  }
}
