import type { PoolingSearchMethod } from '../../contract/pooling-search.ts';
import { balancedMixture } from './balanced-mixture.ts';
import { boltzmann } from './boltzmann.ts';
import { darts, dartsGaea } from './darts.ts';
import { mctsUcb } from './mcts.ts';
import type { SearchMethod } from './search-method.ts';
import type { SearchSpace } from './search-space.ts';
import { spos } from './spos.ts';

/** Decay of the running averages [BMS: 0.9]. */
const DECAY = 0.9;
/** C of the upper confidence bound [IMCTS: 1]. */
const EXPLORATION = 1;
/** Final temperature: 100 for the small spaces, 200 from ResNet-18 on [BMS]. */
const TEMPERATURE = { small: 100, large: 200 };
const LARGE_SPACE = 50;

/** The method of a name over a search space. @param supernets - M of `balanced-mixture` */
export function searchMethod(name: PoolingSearchMethod, space: SearchSpace, supernets: number): SearchMethod {
  const configurations = space.configurations.length;
  const maxTemperature = configurations > LARGE_SPACE ? TEMPERATURE.large : TEMPERATURE.small;
  switch (name) {
    case 'default':
      return { kind: 'direct', finalists: 'default' };
    case 'brute-force':
      return { kind: 'direct', finalists: 'all' };
    case 'spos':
      return spos(configurations);
    case 'darts':
      return darts();
    case 'darts-gaea':
      return dartsGaea();
    case 'boltzmann':
    case 'boltzmann-uniform':
      return boltzmann({ configurations, maxTemperature, decay: DECAY, training: trainingOf(name) });
    case 'mcts-ucb':
    case 'mcts-ucb-uniform':
      return mctsUcb(space, { exploration: EXPLORATION, decay: DECAY, training: trainingOf(name) });
    case 'balanced-mixture':
      return balancedMixture({ configurations, supernets, maxTemperature, decay: DECAY });
    default:
      return name satisfies never;
  }
}

function trainingOf(name: PoolingSearchMethod): 'drawn' | 'uniform' {
  return name.endsWith('-uniform') ? 'uniform' : 'drawn';
}
