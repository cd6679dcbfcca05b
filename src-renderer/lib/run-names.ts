/** The first of `run-1`, `run-2`, … that is higher than all there are. */
export function nextRunName(taken: readonly string[]): string {
  return nextName('run', taken);
}

/** The same with another word. */
export function nextName(word: string, taken: readonly string[]): string {
  const numbers = taken.flatMap((name) => new RegExp(`^${word}-(\\d+)$`).exec(name)?.[1] ?? []).map(Number);
  return `${word}-${Math.max(0, ...numbers) + 1}`;
}
