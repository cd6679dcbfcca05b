import { createSuperNet, type SearchableCard, type SuperNet } from '../../../models/searchable-network.ts';
import type { Model, ModelCard } from '../../../models/types.ts';
import type { ModelInstance } from '../../data/network-passes.ts';

/** A searchable network as the training loop creates it: as a supernet of M sets of weights. */
export function supernetCard(card: SearchableCard, supernets: number): ModelCard {
  const { name, title, source, output, cropSize, scoreStride } = card;
  const facts = { name, title, source, output, cropSize, scoreStride };
  return { ...facts, create: (options): SuperNet => createSuperNet(card, options, supernets) };
}

/** The model that {@link supernetCard} made. */
export function superNetOf({ model }: ModelInstance): SuperNet {
  return model as SuperNet;
}

/** A network on one set of weights of the whole. */
export function networkOn(whole: ModelInstance, model: Model, supernet: number): ModelInstance {
  return { card: whole.card, model, variables: superNetOf(whole).variablesOf(whole.variables, supernet) };
}
