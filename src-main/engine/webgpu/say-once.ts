const said = new Set<string>();

/** A line on standard error, the first time in this process. */
export function sayOnce(line: string): void {
  if (said.has(line)) return;
  said.add(line);
  process.stderr.write(`${line}\n`);
}
