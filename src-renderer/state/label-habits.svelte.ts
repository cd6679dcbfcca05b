import { z } from 'zod';
import type { Session } from './session.svelte.ts';

/** Who labels where nobody said their name yet. */
const NOBODY_YET = 'Rater 1';

const storedSchema = z.object({
  blind: z.boolean().default(false),
  advance: z.boolean().default(true),
  autoplay: z.boolean().default(true),
});
type Stored = z.infer<typeof storedSchema>;

/** Who labels and how, kept among the preferences of this machine. */
export class LabelHabits {
  readonly #session: Session;
  rater = $state(NOBODY_YET);
  /** What others said is not seen, and what is said is an opinion beside the label. */
  blind = $state(false);
  /** After a label the next video without one is opened. */
  advance = $state(true);
  /** A video begins to play when it is opened. */
  autoplay = $state(true);
  #loaded = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Reads the preferences, once. */
  async load(): Promise<void> {
    if (this.#loaded) return;
    this.#loaded = true;
    const preferences = await this.#session.attempt(this.#session.bridge.call('app.preferences', {}));
    if (preferences === undefined) return;
    this.rater = preferences.rater === '' ? NOBODY_YET : preferences.rater;
    Object.assign(this, storedOf(preferences.panels['label']));
  }

  /** Takes over a change and keeps it. */
  async set(change: Partial<Stored & { rater: string }>): Promise<void> {
    Object.assign(this, change);
    const { bridge } = this.#session;
    const preferences = await this.#session.attempt(bridge.call('app.preferences', {}));
    if (preferences === undefined) return;
    const { rater, blind, advance, autoplay } = this;
    const panels = { ...preferences.panels, label: JSON.stringify({ blind, advance, autoplay }) };
    await this.#session.attempt(bridge.call('app.setPreferences', { rater, panels }));
  }
}

/** What another version kept in its own way is left alone. */
function storedOf(text: string | undefined): Stored {
  try {
    return storedSchema.parse(JSON.parse(text ?? '{}'));
  } catch {
    return storedSchema.parse({});
  }
}
