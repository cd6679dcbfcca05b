/** Largest frame of each window of x [n,t,k] (models/ops/window-max.ts): the classes are lanes. */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32, I32Local } from '../assembler/values.ts';
import { forChannelGroups } from './channels.ts';

/** Windows of `width` frames at steps of `stride`. */
export type WindowMaxParams = { frames: number; positions: number; classes: number; width: number; stride: number };

/** Items: windows n·p. Args: x, result. */
export function windowMax(k: KernelBuilder, params: WindowMaxParams): void {
  const [x, y] = k.args(2) as [I32, I32];
  const best = k.v128();
  k.forRange(k.from, k.to, (window) => {
    const from = k.i32(x.add(firstFrame(window, params).mul(params.classes * 4)));
    const to = k.i32(y.add(window.mul(params.classes * 4)));
    forChannelGroups(
      k,
      { channels: params.classes, width: 4 },
      (lanes) => {
        best.set(from.load());
        forFrames(k, from, params, (frame) => best.set(best.max(frame.load())));
        k.storeLanes(to, best, lanes);
      },
      (bytes) => [from, to].forEach((address) => address.advance(bytes)),
    );
  });
}

/** Each window adds its gradient at its first largest frame. Items: clips. Args: dy, x, gradient of x. */
export function windowMaxGradient(k: KernelBuilder, params: WindowMaxParams): void {
  const [dy, x, dx] = k.args(3) as [I32, I32, I32];
  const { frames, positions, classes } = params;
  const clipBytes = frames * classes * 4;
  const [best, left, hit, sum] = [k.v128(), k.v128(), k.v128(), k.v128()];
  k.clear(dx.add(k.from.mul(clipBytes)), k.to.sub(k.from).mul(clipBytes));
  k.forRange(k.from.mul(positions), k.to.mul(positions), (window) => {
    const first = k.i32(firstFrame(window, params).mul(classes * 4));
    const [from, offset] = [k.i32(x.add(first)), k.i32(dx.sub(x))];
    const gradient = k.i32(dy.add(window.mul(classes * 4)));
    forChannelGroups(
      k,
      { channels: classes, width: 4 },
      (lanes) => {
        best.set(from.load());
        forFrames(k, from, params, (frame) => best.set(best.max(frame.load())));
        left.set(gradient.load());
        forFrames(k, from, params, (frame) => {
          hit.set(frame.load().equals(best));
          const to = k.i32(frame.add(offset));
          sum.set(to.load().add(left.and(hit)));
          k.storeLanes(to, sum, lanes);
          left.set(left.andNot(hit));
        });
      },
      (bytes) => [from, gradient].forEach((address) => address.advance(bytes)),
    );
  });
}

/** Number of a window's first frame among the frames of all clips. */
function firstFrame(window: I32, { frames, positions, stride }: WindowMaxParams): I32 {
  return window.div(positions).mul(frames).add(window.rem(positions).mul(stride));
}

/** Runs the body at each frame of a window. */
function forFrames(
  k: KernelBuilder,
  first: I32,
  { width, classes }: WindowMaxParams,
  body: (frame: I32Local) => void,
): void {
  const frame = k.i32(first);
  k.repeat(width, () => {
    body(frame);
    frame.advance(classes * 4);
  });
}
