import { z } from 'zod';
import type { Rng } from '../../data/rng.ts';
import { movingAverage, type SamplingMethod } from './search-method.ts';
import type { SearchSpace } from './search-space.ts';
import { drawUniformPath } from './spos.ts';

const nodeSchema = z.strictObject({ visits: z.number().int(), value: z.number() });
/** Nodes of the tree by the decisions that lead to them; those never visited are absent. */
const stateSchema = z.record(z.string(), nodeSchema);
export type MctsState = z.infer<typeof stateSchema>;

/** `exploration` is C of the upper confidence bound. */
export type MctsOptions = { exploration: number; decay: number; training: 'drawn' | 'uniform' };

const ROOT = '';

/**
 * Monte Carlo tree search with upper confidence bounds on one supernet (algorithms.md 2.4): level k of the tree is the
 * place of the k-th pool. The child of largest Q + C sqrt(ln N_parent / N_child) is taken, unvisited ones first; Q is
 * the running accuracy of all that was measured below.
 */
export function mctsUcb(space: SearchSpace, options: MctsOptions): SamplingMethod<MctsState> {
  const tree = treeOf(space);
  const count = space.configurations.length;
  return {
    kind: 'sampling',
    supernets: 1,
    ranksBy: 'own-scores',
    initial: () => ({}),
    startEpoch: (state) => state,
    draw: (state, rng) => {
      const scored = { configuration: descend(tree, state, options.exploration, rng), supernet: 0 };
      return { scored, trained: options.training === 'drawn' ? scored : drawUniformPath(count, rng).trained };
    },
    update: (state, { configuration }, accuracy) => {
      for (const key of tree.pathTo[configuration]!) {
        const node = (state[key] ??= { visits: 0, value: accuracy });
        node.value = movingAverage(node.value, accuracy, options.decay);
        node.visits += 1;
      }
      return state;
    },
    scores: (state) => tree.pathTo.map((path) => state[path.at(-1)!]?.value ?? -Infinity),
    finalPaths: () => [],
    restore: (stored) => stateSchema.parse(stored),
  };
}

/** `pathTo` [c]: keys of the nodes from the root to the leaf of each configuration. */
type Tree = { children: Map<string, string[]>; pathTo: string[][]; leaves: Map<string, number> };

function treeOf({ configurations }: SearchSpace): Tree {
  const tree: Tree = { children: new Map(), pathTo: [], leaves: new Map() };
  configurations.forEach(({ space, time }, c) => {
    const decisions = [...space.slice(0, -1), time.join('+')];
    const path = [ROOT, ...decisions.map((_, level) => decisions.slice(0, level + 1).join(','))];
    path.slice(1).forEach((key, level) => {
      const siblings = tree.children.get(path[level]!) ?? [];
      if (!siblings.includes(key)) tree.children.set(path[level]!, [...siblings, key]);
    });
    tree.pathTo.push(path);
    tree.leaves.set(path.at(-1)!, c);
  });
  return tree;
}

function descend({ children, leaves }: Tree, state: MctsState, exploration: number, rng: Rng): number {
  let key = ROOT;
  while (!leaves.has(key)) key = chosenChild(state, children.get(key)!, { exploration, parent: state[key], rng });
  return leaves.get(key)!;
}

type Parent = { exploration: number; parent: MctsState[string] | undefined; rng: Rng };

/** One random number breaks ties: between unvisited children, and between equal bounds. */
function chosenChild(state: MctsState, keys: readonly string[], { exploration, parent, rng }: Parent): string {
  const bounds = keys.map((key) => {
    const child = state[key];
    if (child === undefined || parent === undefined) return Infinity;
    return child.value + exploration * Math.sqrt(Math.log(parent.visits) / child.visits);
  });
  const highest = Math.max(...bounds);
  return rng.pick(keys.filter((_, i) => bounds[i] === highest));
}
