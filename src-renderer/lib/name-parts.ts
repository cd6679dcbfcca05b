/**
 * Most letters at the end of a name that stay in sight: take and extension of a recording, setting and seed of a run. With
 * more of them a narrow list has no room for the person at the beginning.
 */
const MOST_KEPT = 12;
const LEAST_KEPT = 6;
/** Names up to this length are not parted. */
const SHORT = 20;
const SEPARATOR = /[-_ ./]/;

/**
 * A name as what may be cut and what stays in sight: recordings of a study begin alike and differ at the end.
 * @returns `end` is empty for a short name, and begins with a separator where one is near
 */
export function nameParts(name: string): { start: string; end: string } {
  const letters = [...name];
  if (letters.length <= SHORT) return { start: name, end: '' };
  const last = letters.length - MOST_KEPT;
  const separator = letters.findIndex((letter, i) => i >= last && SEPARATOR.test(letter));
  const cut = separator < 0 || separator > letters.length - LEAST_KEPT ? last : separator;
  return { start: letters.slice(0, cut).join(''), end: letters.slice(cut).join('') };
}
