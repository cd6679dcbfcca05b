const PICTURE = /\.(jpe?g|png|bmp|webp)$/i;

export function isPictureName(name: string): boolean {
  return PICTURE.test(name) && !name.startsWith('.');
}

/**
 * Names of frames in their order, and where each lies, counted in frames from the first: with gaps where numbers are
 * missing.
 */
export type FrameSequence = { frames: string[]; places: number[] };

/** From this share of steps by one, numbers count all frames, so that one that is missing is a gap. */
const CONSECUTIVE = 0.75;

/**
 * The frames among the files of a folder, by the last number of each name: `7.jpg`, `00001_00007.jpg` and
 * `img_07_aligned.png` are all frame 7. Two pictures of one number, or names that differ besides the number, are no
 * sequence.
 */
export function orderFrames(names: readonly string[]): FrameSequence | { reason: string } {
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
  return { frames: numbered.map(({ name }) => name), places: placesOf(numbered.map(({ number }) => number!)) };
}

/**
 * Numbers that mostly go up by one say where each frame lies. All others only give the order: those of every fifth frame,
 * times of day, or one stray number far behind the rest.
 */
function placesOf(numbers: readonly bigint[]): number[] {
  const first = numbers[0]!;
  const single = numbers.filter((number, i) => i > 0 && number - numbers[i - 1]! === 1n).length;
  const isCounting = single >= CONSECUTIVE * (numbers.length - 1);
  const missing = numbers.at(-1)! - first + 1n - BigInt(numbers.length);
  const haveGaps = isCounting && missing <= BigInt(numbers.length);
  return numbers.map((number, i) => (haveGaps ? Number(number - first) : i));
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
