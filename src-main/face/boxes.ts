import type { Box } from '../contract/records.ts';

/** Intersection over union, 0 to 1. */
export function overlap(one: Box, other: Box): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / (one.width * one.height + other.width * other.height - both);
}

/** Side of the square of the same area. */
export function boxSize(box: Box): number {
  return Math.sqrt(box.width * box.height);
}

/** Distance of the middles, in mean sizes of the boxes. */
export function separation(one: Box, other: Box): number {
  const dx = one.x + one.width / 2 - other.x - other.width / 2;
  const dy = one.y + one.height / 2 - other.y - other.height / 2;
  return (2 * Math.hypot(dx, dy)) / (boxSize(one) + boxSize(other));
}

/** Whether two boxes of one moment, or of two moments close in time, can be of one face. */
export function sameFace(one: Box, other: Box): boolean {
  const ratio = boxSize(one) / boxSize(other);
  return overlap(one, other) > 0.3 || (separation(one, other) < 0.5 && ratio > 0.6 && ratio < 1.6);
}

/** Linear between two boxes; `share` 0 is the first. */
export function mixBoxes(first: Box, second: Box, share: number): Box {
  const mix = (from: number, to: number) => from + (to - from) * share;
  return {
    x: mix(first.x, second.x),
    y: mix(first.y, second.y),
    width: mix(first.width, second.width),
    height: mix(first.height, second.height),
  };
}
