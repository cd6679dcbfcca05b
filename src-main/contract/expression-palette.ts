/**
 * One colour and one letter code for each expression. Colours are those of Okabe and Ito, which people with the common
 * kinds of colour blindness can tell apart; the letters make everything readable without colour.
 */
export type Expression = { name: string; code: string; fill: string; ink: '#000000' | '#ffffff'; className: string };

const ORANGE = '#e69f00';
const SKY = '#56b4e9';
const GREEN = '#009e73';
const YELLOW = '#f0e442';
const BLUE = '#0072b2';
const VERMILION = '#d55e00';
const PURPLE = '#cc79a7';
const GREY = '#a6a6a6';

const USUAL: ReadonlyMap<string, string> = new Map([
  ['anger', VERMILION],
  ['disgust', GREEN],
  ['fear', PURPLE],
  ['happiness', ORANGE],
  ['sadness', BLUE],
  ['surprise', SKY],
  ['neutral', GREY],
  ['contempt', YELLOW],
]);
const ALL = [VERMILION, GREEN, PURPLE, ORANGE, BLUE, SKY, YELLOW, GREY];

export class ExpressionPalette {
  readonly expressions: readonly Expression[];
  readonly #byName: ReadonlyMap<string, Expression>;

  constructor(classes: readonly string[]) {
    const fills = fillsOf(classes);
    this.expressions = classes.map((name, k) => ({
      name,
      code: codeOf(name, classes),
      fill: fills[k]!,
      ink: luminance(fills[k]!) > 0.18 ? '#000000' : '#ffffff',
      className: `e${k}`,
    }));
    this.#byName = new Map(this.expressions.map((expression) => [expression.name, expression]));
  }

  /** Undefined for a label that is not a class of the run. */
  find(name: string): Expression | undefined {
    return this.#byName.get(name);
  }
}

/** The usual colour where the name has one; the others share out what is left, then start over. */
function fillsOf(classes: readonly string[]): string[] {
  const taken = new Set(classes.flatMap((name) => USUAL.get(name) ?? []));
  const free = ALL.filter((fill) => !taken.has(fill));
  const spare = free.length > 0 ? free : ALL;
  let next = 0;
  return classes.map((name) => USUAL.get(name) ?? spare[next++ % spare.length]!);
}

/** The shortest beginning that no other class shares, with a capital: A, D, F, H, N, Sa, Su. */
function codeOf(name: string, classes: readonly string[]): string {
  const others = classes.filter((other) => other !== name).map((other) => other.toLowerCase());
  const characters = [...name];
  let length = 1;
  const start = () => characters.slice(0, length).join('').toLowerCase();
  while (length < characters.length && others.some((other) => other.startsWith(start()))) length++;
  return characters[0]!.toUpperCase() + characters.slice(1, length).join('');
}

/** Relative luminance of WCAG 2, from "#rrggbb". */
export function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

/** Contrast ratio of WCAG 2, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}
