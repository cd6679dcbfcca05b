/** "1 video", "3 videos"; a plural that is not just an s is given. */
export function countOf(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
