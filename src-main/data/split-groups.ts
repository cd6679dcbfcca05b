/**
 * Dividing groups of videos (a person, a performance) over sets so that every set gets its share of every class, as
 * nearly as whole groups allow.
 */
import type { Rng } from './rng.ts';

/** Videos that must stay together; `counts` holds how many there are of each class. */
export type SplitGroup = { key: string; ids: string[]; counts: number[] };

/** More groups than this are left as the greedy pass put them: with many small groups there is nothing to mend. */
const MAX_REFINED_GROUPS = 200;

/**
 * The set of each group: largest first, each to the set that is farthest behind its share of the group's classes (the
 * divisor method of Webster, class by class), then exchanges while they make the classes more even. Sets of a share
 * above 0 get at least one group, if there are enough.
 * @param shares - of each set, summing to 1
 * @returns index of the set of each group, in the order of `groups`
 */
export function divideGroups(groups: readonly SplitGroup[], shares: readonly number[], rng: Rng): number[] {
  const order = rng
    .shuffle([...groups.keys()].sort((a, b) => compareText(groups[a]!.key, groups[b]!.key)))
    .sort((a, b) => groups[b]!.ids.length - groups[a]!.ids.length);
  const division = new Division(groups, shares);
  for (const [placed, group] of order.entries()) division.place(group, order.length - placed);
  if (groups.length <= MAX_REFINED_GROUPS) division.refine(order);
  return division.setOf;
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

class Division {
  readonly setOf: number[];
  readonly #groups: readonly SplitGroup[];
  readonly #targets: number[][];
  readonly #counts: number[][];
  readonly #sizes: number[];

  constructor(groups: readonly SplitGroup[], shares: readonly number[]) {
    const classes = groups[0]?.counts.length ?? 0;
    const totals = Array.from({ length: classes }, (_, k) => groups.reduce((sum, g) => sum + g.counts[k]!, 0));
    this.#groups = groups;
    this.setOf = groups.map(() => -1);
    this.#targets = shares.map((share) => totals.map((total) => share * total));
    this.#counts = shares.map(() => totals.map(() => 0));
    this.#sizes = shares.map(() => 0);
  }

  place(group: number, groupsLeft: number): void {
    const wanted = this.#targets.map((_, set) => set).filter((set) => this.#targets[set]!.some((t) => t > 0));
    const empty = wanted.filter((set) => this.#sizes[set] === 0);
    const open = empty.length > 0 && groupsLeft <= empty.length ? empty : wanted;
    const cost = (set: number) => this.#costWith(set, group, 1) - this.#cost(set);
    this.#move(
      group,
      open.reduce((best, set) => (cost(set) < cost(best) ? set : best), open[0] ?? 0),
    );
  }

  /** Exchanges pairs of groups between sets while that lowers the cost. */
  refine(order: readonly number[]): void {
    for (let improved = true; improved;) {
      improved = false;
      for (const [i, a] of order.entries())
        for (const b of order.slice(i + 1)) if (this.#exchange(a, b)) improved = true;
    }
  }

  #exchange(a: number, b: number): boolean {
    const [setA, setB] = [this.setOf[a]!, this.setOf[b]!];
    if (setA === setB) return false;
    const before = this.#cost(setA) + this.#cost(setB);
    this.#move(a, setB);
    this.#move(b, setA);
    if (this.#cost(setA) + this.#cost(setB) < before - 1e-9) return true;
    this.#move(a, setA);
    this.#move(b, setB);
    return false;
  }

  #move(group: number, set: number): void {
    const from = this.setOf[group]!;
    this.#groups[group]!.counts.forEach((n, k) => {
      if (from >= 0) this.#counts[from]![k]! -= n;
      this.#counts[set]![k]! += n;
    });
    if (from >= 0) this.#sizes[from]! -= 1;
    this.#sizes[set]! += 1;
    this.setOf[group] = set;
  }

  #cost(set: number): number {
    return this.#costWith(set, 0, 0);
  }

  /** Squared distance of a set from its share of each class, relative to that share. */
  #costWith(set: number, group: number, times: 0 | 1): number {
    const counts = this.#groups[group]!.counts;
    return this.#targets[set]!.reduce((sum, target, k) => {
      const distance = this.#counts[set]![k]! + times * counts[k]! - target;
      return sum + (target > 0 ? distance ** 2 / target : 0);
    }, 0);
  }
}
