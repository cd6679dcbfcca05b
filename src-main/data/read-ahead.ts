/**
 * Runs jobs one ahead of their use: while the caller works on one result the next is already being read.
 * A job starts when the previous result is handed over, so there are never more than two in flight.
 */
export async function* readAhead<T>(jobs: Iterable<() => Promise<T>>): AsyncGenerator<T, void, undefined> {
  const iterator = jobs[Symbol.iterator]();
  let ahead = start(iterator);
  while (ahead !== null) {
    const result = await ahead;
    ahead = start(iterator);
    yield result;
  }
}

function start<T>(iterator: Iterator<() => Promise<T>>): Promise<T> | null {
  const next = iterator.next();
  if (next.done === true) return null;
  const running = next.value();
  // Why: a caller that stops early never awaits this one; its failure must not end the process.
  running.catch(() => undefined);
  return running;
}
