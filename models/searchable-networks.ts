import { pooled3d } from './pooled3d.ts';
import { resnet18, resnet20, resnet50 } from './resnet-cifar.ts';
import type { SearchableCard } from './searchable-network.ts';

/** The networks whose pools can be searched: for clips first, then for pictures. */
const CARDS: readonly SearchableCard[] = [pooled3d, resnet20, resnet18, resnet50];

export function searchableNetworks(): readonly SearchableCard[] {
  return CARDS;
}

/** @throws Error for a network whose pools cannot be searched */
export function searchableNetwork(name: string): SearchableCard {
  const card = CARDS.find((candidate) => candidate.name === name);
  if (card !== undefined) return card;
  throw new Error(`model: expected one of ${CARDS.map((one) => one.name).join(', ')}, got "${name}"`);
}
