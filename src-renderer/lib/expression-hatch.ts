import type { Expression } from '../../src-main/contract/expression-palette.ts';

/**
 * Fills that tell expressions apart without colour. Each is a CSS background (for boxes) and an SVG path in a tile of
 * 8 by 8 (for drawings), by the usual names; other names share them by the place of the class.
 */
type Hatch = { css: (ink: string, fill: string) => string; path: string };

const stripes = (angle: string) => (ink: string, fill: string) =>
  `repeating-linear-gradient(${angle}, ${ink} 0 1.5px, ${fill} 1.5px 5px)`;
const crossed = (one: string, other: string) => (ink: string, fill: string) =>
  `repeating-linear-gradient(${one}, ${ink} 0 1px, transparent 1px 4px), ` +
  `repeating-linear-gradient(${other}, ${ink} 0 1px, transparent 1px 4px), ${fill}`;
const dots = (size: number) => (ink: string, fill: string) =>
  `radial-gradient(${ink} 1.1px, transparent 1.4px) 0 0 / ${size}px ${size}px, ${fill}`;

const HATCHES: readonly Hatch[] = [
  { css: stripes('45deg'), path: 'M-1 9L9-1M-1 1L1-1M7 9L9 7' },
  { css: stripes('0deg'), path: 'M0 2H8M0 6H8' },
  { css: crossed('45deg', '-45deg'), path: 'M-1 9L9-1M-1-1L9 9' },
  { css: dots(4), path: 'M2 2h.01M6 6h.01' },
  { css: stripes('90deg'), path: 'M2 0V8M6 0V8' },
  { css: stripes('-45deg'), path: 'M-1-1L9 9M-1 7L1 9M7-1L9 1' },
  { css: (_, fill) => fill, path: '' },
  { css: crossed('0deg', '90deg'), path: 'M0 2H8M2 0V8M0 6H8M6 0V8' },
];

const USUAL = ['anger', 'disgust', 'fear', 'happiness', 'sadness', 'surprise', 'neutral', 'contempt'];

function hatchIndex({ name, className }: Expression): number {
  const usual = USUAL.indexOf(name);
  return (usual >= 0 ? usual : Number(className.slice(1))) % HATCHES.length;
}

/** CSS `background` of an expression: its colour with its hatch. */
export function hatchOf(expression: Expression): string {
  const { ink, fill } = expression;
  return HATCHES[hatchIndex(expression)]!.css(`color-mix(in srgb, ${ink} 60%, ${fill})`, fill);
}

/** SVG path of the hatch in a tile of 8 by 8, drawn with round line ends in `expression.ink` over `expression.fill`. */
export function hatchPath(expression: Expression): string {
  return HATCHES[hatchIndex(expression)]!.path;
}

/** Dash patterns of lines, in the same order: the first expression of a chart is drawn solid. */
export function dashOf(expression: Expression): number[] {
  return [[], [8, 3], [2, 3], [8, 3, 2, 3], [5, 2], [12, 4], [1, 3], [8, 2, 2, 2, 2, 2]][hatchIndex(expression)]!;
}
