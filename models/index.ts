import { c3d } from './c3d.ts';
import { c3dLstm } from './c3d-lstm.ts';
import { c3dWeighted } from './c3d-weighted.ts';
import type { NetworkCard } from './network.ts';
import { r3d18 } from './r3d18.ts';
import { searchableNetworks } from './searchable-networks.ts';
import { small3d } from './small3d.ts';
import { spatialAttention } from './spatial-attention.ts';
import { vgg16In3d } from './vgg16-3d.ts';
import { wideResnet } from './wide-resnet.ts';

/** All networks, the default first. */
const CARDS: readonly NetworkCard[] = [
  small3d,
  c3d,
  r3d18,
  vgg16In3d,
  spatialAttention,
  c3dLstm,
  c3dWeighted,
  ...searchableNetworks(),
  wideResnet,
];

export function modelNames(): string[] {
  return CARDS.map(({ name }) => name);
}

/** @throws Error for a name that is not registered */
export function modelCard(name: string): NetworkCard {
  const card = CARDS.find((candidate) => candidate.name === name);
  if (card === undefined) throw new Error(`model: expected one of ${modelNames().join(', ')}, got "${name}"`);
  return card;
}
