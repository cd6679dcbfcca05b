import { pooled3d } from './pooled3d.ts';
import { resnet18, resnet20, resnet50 } from './resnet-cifar.ts';
import type { SearchableCard } from './searchable-network.ts';

/** The networks whose pools can be searched: for clips first, then for pictures. */
const CARDS: readonly SearchableCard[] = [pooled3d, resnet20, resnet18, resnet50];

export function searchableNetworks(): readonly SearchableCard[] {
  return CARDS;
}
