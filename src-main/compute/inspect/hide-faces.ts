import type { Box } from '../../contract/records.ts';
import { frameAt } from '../../data/annotations/moment-frames.ts';

/** Room around a face that is hidden too, as a share of its box: hair and chin tell who it is. */
const MARGIN = 0.3;
/** Squares across a hidden face: few enough that nobody is recognised. */
const SQUARES = 7;
/** A face is hidden this long before it was seen and after: a detector can blink, and packs bridge gaps of 0.4 s. */
const BLINK_SEC = 0.5;
/** Boxes that differ by less, as a share of their width, hide the same face; well inside {@link MARGIN}. */
const ALIKE = 0.05;

/**
 * Makes faces of a picture u8 [h,w,c] unrecognisable, in place: each becomes a few squares of their mean colour.
 * @param boxes - in pixels of this picture
 */
export function hideFaces(
  rgb: Uint8Array,
  { width, height }: { width: number; height: number },
  boxes: readonly Box[],
): void {
  for (const box of boxes) {
    const [dx, dy] = [box.width * MARGIN, box.height * MARGIN];
    const left = Math.max(0, Math.floor(box.x - dx));
    const top = Math.max(0, Math.floor(box.y - dy));
    const right = Math.min(width, Math.ceil(box.x + box.width + dx));
    const bottom = Math.min(height, Math.ceil(box.y + box.height + dy));
    const side = Math.max(1, Math.ceil((right - left) / SQUARES));
    for (let y = top; y < bottom; y += side)
      for (let x = left; x < right; x += side)
        flatten(rgb, width, { x, y, width: Math.min(side, right - x), height: Math.min(side, bottom - y) });
  }
}

/**
 * Boxes to hide in a frame: of every face that was seen there or within half a second.
 * @param seen - in any order
 * @param timesSec - presentation time of every frame
 */
export function facesNear(
  seen: Iterable<{ frame: number; box: Box }>,
  timesSec: Float64Array,
): (frame: number) => Box[] {
  const byFrame = Array.from(timesSec, (): Box[] => []);
  for (const { frame, box } of seen) byFrame[frame]?.push(box);
  return (frame) => {
    const first = frameAt(timesSec, timesSec[frame]! - BLINK_SEC);
    const last = frameAt(timesSec, timesSec[frame]! + BLINK_SEC);
    return different([...byFrame[frame]!, ...byFrame.slice(first, last + 1).flat()]);
  };
}

function different(boxes: readonly Box[]): Box[] {
  const kept: Box[] = [];
  for (const box of boxes) if (!kept.some((other) => alike(box, other))) kept.push(box);
  return kept;
}

function alike(one: Box, other: Box): boolean {
  const sides = ['x', 'y', 'width', 'height'] as const;
  return sides.every((side) => Math.abs(one[side] - other[side]) <= ALIKE * Math.min(one.width, other.width));
}

/** Gives a rectangle its mean colour. */
function flatten(rgb: Uint8Array, width: number, square: Box): void {
  const sums = [0, 0, 0];
  const each = (visit: (at: number) => void) => {
    for (let y = square.y; y < square.y + square.height; y++)
      for (let x = square.x; x < square.x + square.width; x++) visit(3 * (y * width + x));
  };
  each((at) => sums.forEach((_, c) => (sums[c]! += rgb[at + c]!)));
  const means = sums.map((sum) => Math.round(sum / (square.width * square.height)));
  each((at) => means.forEach((mean, c) => (rgb[at + c] = mean)));
}
