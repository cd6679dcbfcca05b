import type { AgreementReport } from '../../src-main/contract/window/label-agreement.ts';
import { storedCall } from '../lib/stored-call.ts';
import { majorities } from '../lib/label-majority.ts';
import type { LabelState } from './label.svelte.ts';

/** The dialog that compares raters. */
export class LabelAgreement {
  readonly #label: LabelState;
  open = $state(false);
  /** Also compare with what lists and folders said. */
  withImport = $state(false);
  report = $state.raw<AgreementReport | null>(null);
  readonly majorities = $derived(majorities(this.report?.worst ?? []));

  constructor(label: LabelState) {
    this.#label = label;
  }

  async show(): Promise<void> {
    this.open = true;
    await this.compare();
  }

  async compare(): Promise<void> {
    const { session, overview } = this.#label;
    const raters = [...(overview?.raters ?? []), ...(this.withImport ? ['import'] : [])].slice(0, 20);
    const report = await session.attempt(session.bridge.call('label.agreement', { raters }));
    this.report = report ? { ...report, raters: report.raters.filter(({ n }) => n > 0) } : null;
  }

  /** Shows a video that raters differ on; the dialog gives way. */
  look(videoId: string): void {
    this.open = false;
    this.#label.filter = 'differ';
    void this.#label.open(videoId);
  }

  /** Makes what most raters said the label of the videos on which they differ, in one step that can be undone. */
  async takeMajorities(): Promise<void> {
    const { session, asRater } = this.#label;
    const labels = this.majorities.map(({ videoId, label }) => ({ videoId, label, note: 'Majority of the raters' }));
    const key = crypto.randomUUID();
    await session.attempt(
      session.undo.do({
        title: `Take the majority of ${labels.length} videos`,
        redo: storedCall('label.setAll', { who: asRater.rater, key, labels }),
        undo: storedCall('label.withdraw', { key, who: asRater.rater }),
      }),
    );
    await this.compare();
  }
}
