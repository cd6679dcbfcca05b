const PICTURE = /\.(jpe?g|png|bmp|webp)$/i;

export function isPictureName(name: string): boolean {
  return PICTURE.test(name) && !name.startsWith('.');
}

/**
 * The frames among the files of a folder, by the last number of each name: `7.jpg`, `00001_00007.jpg` and
 * `img_07_aligned.png` are all frame 7. Gaps are allowed. Two pictures of one number, or names that differ besides
 * the number, are no sequence.
 */
export function orderFrames(names: readonly string[]): { frames: string[] } | { reason: string } {
  const pictures = names.filter(isPictureName).map(parse);
  if (pictures.length === 0) return { reason: 'it has no pictures.' };
  const unnumbered = pictures.find(({ number }) => number === null);
  if (unnumbered) return { reason: `its picture ${unnumbered.name} has no number.` };
  const numbered = pictures.sort((a, b) => compare(a.number!, b.number!) || (a.name < b.name ? -1 : 1));
  const first = numbered[0]!;
  const stranger = numbered.find(({ pattern }) => pattern !== first.pattern);
  if (stranger) return { reason: `its pictures are not one sequence: ${first.name} and ${stranger.name}.` };
  const twin = numbered.find(({ number }, i) => i > 0 && number === numbered[i - 1]!.number);
  if (twin) return { reason: `two of its pictures have the number of ${twin.name}.` };
  return { frames: numbered.map(({ name }) => name) };
}

type NumberedName = { name: string; number: bigint | null; pattern: string };

function parse(name: string): NumberedName {
  const stem = name.replace(PICTURE, '');
  const match = /^(.*?)(\d+)(\D*)$/s.exec(stem);
  if (!match) return { name, number: null, pattern: stem };
  return { name, number: BigInt(match[2]!), pattern: `${match[1]}#${match[3]}` };
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
