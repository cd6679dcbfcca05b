import type { DoctorSummary } from '../../src-main/contract/api.ts';
import { failureOf, type Failure } from '../../src-main/contract/rpc.ts';
import type { Session } from './session.svelte.ts';

/** The self-test in Settings. */
export class EngineState {
  readonly #session: Session;
  /** Cores that the browser sees: threads that can be chosen. */
  readonly cores = globalThis.navigator.hardwareConcurrency;
  testing = $state(false);
  result = $state.raw<DoctorSummary | null>(null);
  failure = $state.raw<Failure | null>(null);

  constructor(session: Session) {
    this.#session = session;
  }

  async test(): Promise<void> {
    this.testing = true;
    this.result = null;
    this.failure = null;
    try {
      const id = await this.#session.jobs.start({ kind: 'doctor' });
      const outcome = await this.#session.bridge.call('jobs.wait', { id });
      if (outcome.kind === 'doctor') this.result = outcome.output;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code !== 'aborted') this.failure = failure;
    }
    this.testing = false;
    await this.#session.askDevice();
  }
}
