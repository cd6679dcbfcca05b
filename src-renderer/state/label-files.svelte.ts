import type { AnnotationFormat, AnnotationPreview } from '../../src-main/contract/window/label.ts';
import { countOf } from '../lib/plain-numbers.ts';
import { storedCall } from '../lib/stored-call.ts';
import type { LabelState } from './label.svelte.ts';

/** Files of annotations: their import, with a preview, and the export. */
export class LabelFiles {
  readonly #label: LabelState;
  files = $state.raw<readonly string[]>([]);
  preview = $state.raw<AnnotationPreview | null>(null);
  /** Whether what is imported becomes the label of the videos. */
  holds = $state(false);
  exporting = $state(false);
  busy = $state(false);

  constructor(label: LabelState) {
    this.#label = label;
  }

  async chooseImport(): Promise<void> {
    const { session } = this.#label;
    const title = 'Choose files of annotations';
    const files = await session.attempt(session.bridge.call('app.chooseFiles', { title, kind: 'labels' }));
    if (files === undefined || files.length === 0) return;
    this.files = files;
    await this.look();
  }

  async look(): Promise<void> {
    const { session, asRater } = this.#label;
    const input = { files: [...this.files], who: asRater.rater };
    this.preview = (await session.attempt(session.bridge.call('label.previewImport', input))) ?? null;
  }

  close(): void {
    this.preview = null;
  }

  async takeIn(): Promise<void> {
    const { session, asRater } = this.#label;
    const key = crypto.randomUUID();
    const files = [...this.files];
    const annotations = this.preview?.raters.reduce((sum, { n }) => sum + n, 0) ?? 0;
    this.busy = true;
    await session.attempt(
      session.undo.do({
        title: `Import ${countOf(annotations, 'annotation')}`,
        redo: storedCall('label.importFiles', { files, who: asRater.rater, holds: this.holds, key }),
        undo: storedCall('label.withdraw', { key, who: asRater.rater }),
      }),
    );
    this.busy = false;
    this.close();
  }

  /** Asks for a place and writes there. */
  async write(format: AnnotationFormat, raters: 'holding' | 'all'): Promise<void> {
    const { session } = this.#label;
    const { bridge } = session;
    const isTable = format === 'csv' || format === 'boris';
    const suggestedName = format === 'csv' ? 'labels.csv' : 'boris-events.csv';
    const target = await session.attempt(
      isTable
        ? bridge.call('app.chooseSaveFile', { title: 'Save labels', suggestedName })
        : bridge.call('app.chooseFolder', { title: 'Choose a folder for one file a video' }),
    );
    if (target === undefined || target === null) return;
    this.busy = true;
    const done = await session.attempt(bridge.call('label.exportFiles', { format, target, raters }));
    this.busy = false;
    if (done === undefined) return;
    this.exporting = false;
    const what = `${countOf(done.annotations, 'annotation')} of ${countOf(done.videos, 'video')}`;
    session.toasts.show({ tone: 'good', message: `Wrote ${what}.`, hint: target });
  }
}
