/** Up to `most` items in which every label comes up, by turns; items of a label are spread over the list. */
export function variedExamples<T extends { label: string | null }>(items: readonly T[], most: number): T[] {
  const groups = [...Map.groupBy(items, ({ label }) => label).values()];
  const turns = Math.ceil(most / Math.max(1, groups.length));
  const chosen = Array.from({ length: turns }, (_, turn) =>
    groups.flatMap((group, g) => {
      const at = Math.floor(((turn + (g + 0.5) / groups.length) * group.length) / turns);
      return turn < group.length ? [group[at]!] : [];
    }),
  );
  return [...new Set(chosen.flat())].slice(0, most);
}
