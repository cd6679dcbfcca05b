/** No test depends on speed: on a busy machine a picture can take many seconds. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 40;

/** Looks again and again until what is seen is right. @throws Error with what was seen last */
export async function until<T>(
  look: () => T | Promise<T>,
  holds: (seen: T) => boolean,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  for (const startMs = performance.now(); ;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() - startMs > patienceMs) throw new Error(`Waited in vain; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
