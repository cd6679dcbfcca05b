/** The first of `run-1`, `run-2`, … that is higher than all there are. */
export function nextRunName(taken: readonly string[]): string {
  const numbers = taken.flatMap((name) => /^run-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  return `run-${Math.max(0, ...numbers) + 1}`;
}
