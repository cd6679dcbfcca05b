import { inferenceRule, largest, poolClips, classProbabilities } from '../../src-main/infer/gamma-lens.ts';
import type { PoolingRule } from '../../src-main/infer/gamma-lens.ts';
import type { ScoredVideo } from '../../src-main/infer/gamma-curve.ts';
import type { ResolvedConfig } from '../../src-main/contract/config.ts';
import { gammaAt, gammaText, LENS_PLACES, placeOf } from '../lib/gamma-scale.ts';
import { lensDecision, lensRow, type LensRow } from '../lib/lens-table.ts';

/** What the clips of a video decide together: probabilities [k], the decided class, its weight on each clip [p]. */
export type Decision = { probabilities: number[]; decision: number; weights: number[] };

/** Work on the whole split is done in pieces of this length, so that the slider never waits for it. */
const PIECE_MS = 8;

/** The γ lens: one slider for the video and the split. At rest it shows what the run itself does. */
export class Lens {
  /** Where the slider was put; null while it shows the run's own pooling. */
  place = $state<number | null>(null);
  /** The split at every place of the slider, as far as it is computed. */
  rows = $state.raw<readonly LensRow[]>([]);
  #config = $state.raw<Pick<ResolvedConfig, 'pooling' | 'gamma'> | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly ownRule = $derived<PoolingRule>(
    this.#config === null ? { kind: 'softmax', gamma: 1 } : inferenceRule(this.#config),
  );
  readonly rule = $derived<PoolingRule>(
    this.place === null ? this.ownRule : { kind: 'softmax', gamma: gammaAt(this.place) },
  );
  readonly shownPlace = $derived(
    this.place ?? (this.ownRule.kind === 'softmax' ? placeOf(this.ownRule.gamma) : placeOf(1)),
  );
  readonly text = $derived(this.rule.kind === 'softmax' ? `γ ${gammaText(this.rule.gamma)}` : 'log-sum-exp');
  /** The split at the slider; null until it is computed, and at rest. */
  readonly row = $derived(this.place === null ? null : (this.rows[this.place] ?? null));

  /** Takes a split; its figures at every place are computed while nothing else is to be done. */
  load(config: Pick<ResolvedConfig, 'pooling' | 'gamma'>, videos: readonly ScoredVideo[], classes: number): void {
    this.stop();
    this.#config = config;
    this.place = null;
    this.rows = [];
    const rows: LensRow[] = [];
    let decisions: (number | null)[] = [];
    const work = () => {
      const end = performance.now() + PIECE_MS;
      while (rows.length < LENS_PLACES && performance.now() < end) {
        const gamma = gammaAt(rows.length);
        if (decisions.length < videos.length) decisions.push(lensDecision(videos[decisions.length]!, gamma));
        if (decisions.length < videos.length) continue;
        rows.push(lensRow(videos, classes, { gamma, decisions }));
        decisions = [];
      }
      this.rows = [...rows];
      if (rows.length < LENS_PLACES) this.#timer = setTimeout(work);
    };
    this.#timer = setTimeout(work);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** To the left or right by places; from the run's own pooling at first. */
  move(places: number): void {
    this.place = Math.min(LENS_PLACES - 1, Math.max(0, this.shownPlace + places));
  }

  reset(): void {
    this.place = null;
  }

  /** Pools the clips of a video as the lens says; null where nothing was scored. */
  decide(clipLogits: readonly (readonly number[])[]): Decision | null {
    if (clipLogits.length === 0) return null;
    const { logits, weights } = poolClips(clipLogits, this.rule);
    const decision = largest(logits);
    return { probabilities: classProbabilities(logits), decision, weights: weights.map((row) => row[decision]!) };
  }
}
