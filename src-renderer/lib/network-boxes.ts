import type { FeatureMap } from '../../src-main/contract/window/pooling-search.ts';

/** A feature map as a box seen from the front left. Points of polygons as SVG takes them. */
export type NetworkBox = {
  x: number;
  y: number;
  width: number;
  height: number;
  top: string;
  right: string;
  /** What was halved in front of it: S space, T time. */
  halved: string;
  /** Side, frames and channels. */
  sizes: string[];
};

export type NetworkDrawing = {
  width: number;
  height: number;
  /** Where all boxes stand. */
  base: number;
  boxes: NetworkBox[];
  /** Whether there is room for sizes under the boxes. */
  labelled: boolean;
  said: string;
};

const TALLEST = 96;
const DEEPEST = 22;
const GAP = 16;
const LEAST_PITCH = 44;
const FOOT = 56;
/** More boxes than this get no sizes under them. */
const MOST_LABELLED = 12;
const HALVED = { space: 'S', time: 'T', both: 'S+T' } as const;

/** Boxes of the input and of every feature map, side by side in scale; widths follow the logarithm of the channels. */
export function networkBoxes(maps: readonly FeatureMap[], input: { frames: number; side: number }): NetworkDrawing {
  const all: FeatureMap[] = [{ ...input, channels: 3, pooled: null }, ...maps];
  const labelled = all.length <= MOST_LABELLED;
  const base = TALLEST + DEEPEST + 4;
  let x = 6;
  const boxes = all.map((map): NetworkBox => {
    const box = boxOf(map, { x, base, input });
    x += Math.max(labelled ? LEAST_PITCH : 0, box.width + GAP);
    return box;
  });
  return { width: x + DEEPEST, height: base + FOOT, base, boxes, labelled, said: saidOf(maps, input) };
}

type Place = { x: number; base: number; input: { frames: number; side: number } };

function boxOf({ frames, side, channels, pooled }: FeatureMap, { x, base, input }: Place): NetworkBox {
  const height = Math.max(2, (TALLEST * side) / input.side);
  const depth = Math.max(1, (DEEPEST * frames) / input.frames);
  const width = 3 + 2.4 * Math.log2(channels + 1);
  const y = base - height;
  const [right, back] = [x + width, y - depth];
  const points = (list: readonly (readonly [number, number])[]) =>
    list.map((point) => point.map((value) => value.toFixed(1)).join(',')).join(' ');
  return {
    ...{ x, y, width, height },
    top: points([
      [x, y],
      [right, y],
      [right + depth, back],
      [x + depth, back],
    ]),
    right: points([
      [right, y],
      [right, base],
      [right + depth, base - depth],
      [right + depth, back],
    ]),
    halved: pooled === null ? '' : HALVED[pooled],
    sizes: [`${side}²`, `${frames} f`, `${channels} ch`],
  };
}

function saidOf(maps: readonly FeatureMap[], { frames, side }: { frames: number; side: number }): string {
  const last = maps.at(-1)!;
  const pools = maps.flatMap(({ pooled }, unit) => (pooled === null ? [] : [`${pooled} before unit ${unit + 1}`]));
  return `${frames} frames of ${side}×${side} become ${last.frames} of ${last.side}×${last.side}; halves ${pools.join(', ')}`;
}
