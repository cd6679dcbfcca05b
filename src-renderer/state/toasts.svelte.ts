import type { Failure } from '../../src-main/contract/rpc.ts';

export type ToastTone = 'good' | 'doubt' | 'wrong' | 'plain';
export type ToastAction = { title: string; run: () => void };
export type Toast = { id: number; tone: ToastTone; message: string; hint: string | undefined; action?: ToastAction };

/** Errors stay until they are read; the rest goes by itself. */
const SHOWN_MS = 6000;

/** Short notes in the corner. Errors come as values and say what to do. */
export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #nextId = 1;

  show(toast: Omit<Toast, 'id' | 'hint'> & { hint?: string | undefined }): void {
    const id = this.#nextId++;
    this.list = [...this.list.filter(({ message }) => message !== toast.message), { hint: undefined, ...toast, id }];
    if (toast.tone !== 'wrong') setTimeout(() => this.dismiss(id), SHOWN_MS);
  }

  /** What was stopped on purpose is no news. */
  showFailure({ code, message, hint }: Failure, action?: ToastAction): void {
    if (code !== 'aborted') this.show({ tone: 'wrong', message, hint, ...(action && { action }) });
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}
