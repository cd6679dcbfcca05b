/** With `node:sqlite` and without a flag for it. */
const REQUIRED_MAJOR = 24;

/** What is wrong with a version of Node such as "20.11.1", in words; null where it will do. */
export function nodeProblem(version: string): string | null {
  if (Number.parseInt(version, 10) >= REQUIRED_MAJOR) return null;
  return `apexscope: needs Node ${REQUIRED_MAJOR} or newer, this is Node ${version}.\n  Install a newer Node, or put it first in PATH.`;
}
