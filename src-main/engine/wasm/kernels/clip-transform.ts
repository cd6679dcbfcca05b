/**
 * Warp, recolouring and normalisation of clips. The channels of a pixel (at most four) are the lanes of a vector; where
 * an output pixel comes from is found once and used for all frames.
 */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { F32 } from '../assembler/values.ts';
import { V128, type F32Local, type I32, type I32Local, type V128Local } from '../assembler/values.ts';

/** `bytes`: the input is int32, else f32. */
export type ClipTransformParams = { t: number; h: number; w: number; c: number; bytes: boolean };

/**
 * Floats of the prepared numbers of one clip: 6 of the warp in pixels, 2 unused, the fill colour as a vector, four
 * columns of the colour matrix and its offset as vectors.
 */
export const CLIP_FLOATS = 8 + 4 + 4 * 4 + 4;
const FILL_OFFSET = 8 * 4;
const COLUMN_OFFSET = FILL_OFFSET + 16;
const VECTOR_BYTES = 16;

/** Items: rows n·h of the picture. Args: clips, prepared numbers of all clips, result. */
export function clipTransform(k: KernelBuilder, params: ClipTransformParams): void {
  const { t, h, w, c } = params;
  const [clips, prepared, result] = k.args(3) as [I32, I32, I32];
  const sampler = new Sampler(k, params);
  const value = k.v128();
  const colour = k.v128();
  k.forRange(k.from, k.to, (row) => {
    const numbers = k.i32(prepared.add(row.div(h).mul(CLIP_FLOATS * 4)));
    const clip = k.i32(clips.add(row.div(h).mul(t * h * w * c * 4)));
    const line = k.i32(
      result.add(
        row
          .div(h)
          .mul(t * h)
          .add(row.rem(h))
          .mul(w * c * 4),
      ),
    );
    k.forRange(0, w, (column) => {
      const at = k.i32(clip);
      const to = k.i32(line.add(column.mul(c * 4)));
      sampler.locate(numbers, column, row.rem(h));
      k.repeat(t, () => {
        sampler.sample(at, numbers, value);
        colour.set(numbers.load(COLUMN_OFFSET + 4 * VECTOR_BYTES));
        for (let channel = 0; channel < c; channel++) {
          const entry = numbers.load(COLUMN_OFFSET + channel * VECTOR_BYTES);
          colour.set(k.multiplyAdd(value.lane(channel).splat(), entry, colour));
        }
        k.storeLanes(to, colour, c);
        at.advance(h * w * c * 4);
        to.advance(h * w * c * 4);
      });
    });
  });
}

/** Finds the four pixels around a place and blends them. */
class Sampler {
  readonly #k: KernelBuilder;
  readonly #params: ClipTransformParams;
  readonly shareX: V128Local;
  readonly shareY: V128Local;
  readonly corners: readonly [V128Local, V128Local, V128Local, V128Local];
  readonly #x: F32Local;
  readonly #y: F32Local;
  readonly #left: I32Local;
  readonly #top: I32Local;
  readonly #offset: I32Local;
  readonly #isInner: I32Local;

  constructor(k: KernelBuilder, params: ClipTransformParams) {
    this.#k = k;
    this.#params = params;
    [this.shareX, this.shareY] = [k.v128(), k.v128()];
    this.corners = [k.v128(), k.v128(), k.v128(), k.v128()];
    [this.#x, this.#y] = [k.f32(), k.f32()];
    [this.#left, this.#top, this.#offset, this.#isInner] = [k.i32(), k.i32(), k.i32(), k.i32()];
  }

  /** Where output pixel (column, row) comes from. */
  locate(numbers: I32, column: I32, row: I32): void {
    const { h, w, c } = this.#params;
    const place = (first: number, size: number) => {
      const [fromX, fromY, shift] = [0, 1, 2].map((i) => numbers.loadF32((first + i) * 4)) as [F32, F32, F32];
      const at = fromX.mul(column.toF32()).add(fromY.mul(row.toF32())).add(shift);
      return at.max(-2).min(size + 1);
    };
    this.#x.set(place(0, w));
    this.#y.set(place(3, h));
    this.#left.set(this.#x.floor().toI32());
    this.#top.set(this.#y.floor().toI32());
    this.shareX.set(this.#x.sub(this.#x.floor()).splat());
    this.shareY.set(this.#y.sub(this.#y.floor()).splat());
    this.#offset.set(
      this.#top
        .mul(w)
        .add(this.#left)
        .mul(c * 4),
    );
    this.#isInner.set(this.#isInside(0, 0).and(this.#isInside(1, 1)));
  }

  /** Sets `value` to the blend of the four pixels of the frame at `frame`. */
  sample(frame: I32, numbers: I32, value: V128Local): void {
    const { w, c } = this.#params;
    const k = this.#k;
    const at = k.i32(frame.add(this.#offset));
    const load = (corner: number) => {
      const [dx, dy] = [corner % 2, Math.floor(corner / 2)];
      this.corners[corner]!.set(this.#pixel(at, (dy * w + dx) * c * 4));
    };
    k.if(
      this.#isInner,
      () => [0, 1, 2, 3].forEach(load),
      () =>
        [0, 1, 2, 3].forEach((corner) =>
          k.if(
            this.#isInside(corner % 2, Math.floor(corner / 2)),
            () => load(corner),
            () => this.corners[corner]!.set(numbers.load(FILL_OFFSET)),
          ),
        ),
    );
    const [topLeft, topRight, bottomLeft, bottomRight] = this.corners;
    const upper = k.v128(k.multiplyAdd(topRight.sub(topLeft), this.shareX, topLeft));
    const lower = k.v128(k.multiplyAdd(bottomRight.sub(bottomLeft), this.shareX, bottomLeft));
    value.set(k.multiplyAdd(lower.sub(upper), this.shareY, upper));
  }

  /** Runs the body for each of the four pixels that is inside, with its address and its share of the blend. */
  forInside(frame: I32, body: (address: I32, share: V128) => void): void {
    const { w, c } = this.#params;
    const k = this.#k;
    const one = V128.of(1);
    const at = k.i32(frame.add(this.#offset));
    for (const dy of [0, 1])
      for (const dx of [0, 1]) {
        const shareX = dx === 1 ? this.shareX : one.sub(this.shareX);
        const shareY = dy === 1 ? this.shareY : one.sub(this.shareY);
        k.if(this.#isInside(dx, dy), () => body(at.add((dy * w + dx) * c * 4), shareX.mul(shareY)));
      }
  }

  #isInside(dx: number, dy: number): I32 {
    const { h, w } = this.#params;
    return this.#left.add(dx).below(w).and(this.#top.add(dy).below(h));
  }

  #pixel(address: I32, offset: number): V128 {
    return this.#params.bytes ? address.load(offset).fromI32() : address.load(offset);
  }
}

/** Floats of the sums for one clip: see {@link clipTransformMatrixGradient}. */
export const MATRIX_GRADIENT_FLOATS = (5 + 6) * 4;

/**
 * Gradients of both matrices, as sums over the pixels of a clip: five vectors Σ dy p (p: each channel of the warped
 * pixel, then 1; vectors run over the rows of the colour matrix), then six vectors over channels whose lanes add up to
 * the gradients of the warp in pixels. Items: clips. Args: clips, prepared numbers, dy, transposed colour matrices
 * [n][c] of vectors, sums.
 */
export function clipTransformMatrixGradient(k: KernelBuilder, params: ClipTransformParams): void {
  const { t, h, w, c } = params;
  const [clips, prepared, dy, transposed, sums] = k.args(5) as [I32, I32, I32, I32, I32];
  const sampler = new Sampler(k, params);
  const [value, gradient, ofPixel, slope] = k.vectors(4) as [V128Local, V128Local, V128Local, V128Local];
  const ofColour = k.vectors(5);
  const ofWarp = k.vectors(6);
  const isChannel = k.v128(laneMask(c));
  k.forRange(k.from, k.to, (n) => {
    [...ofColour, ...ofWarp].forEach((sum) => sum.set(k.zero));
    const numbers = k.i32(prepared.add(n.mul(CLIP_FLOATS * 4)));
    const columns = k.i32(transposed.add(n.mul(c * VECTOR_BYTES)));
    k.forRange(0, h, (row) =>
      k.forRange(0, w, (column) => {
        const at = k.i32(clips.add(n.mul(t * h * w * c * 4)));
        const from = k.i32(
          dy.add(
            n
              .mul(t * h)
              .add(row)
              .mul(w)
              .add(column)
              .mul(c * 4),
          ),
        );
        sampler.locate(numbers, column, row);
        k.repeat(t, () => {
          sampler.sample(at, numbers, value);
          gradient.set(from.load().and(isChannel));
          value.set(value.and(isChannel));
          for (let channel = 0; channel < c; channel++)
            ofColour[channel]!.set(k.multiplyAdd(gradient, value.lane(channel).splat(), ofColour[channel]!));
          ofColour[4]!.set(ofColour[4]!.add(gradient));
          pixelGradient(k, { c, columns, gradient, ofPixel });
          const slopes = [alongX(k, sampler), alongY(k, sampler)];
          slopes.forEach((along, axis) => {
            slope.set(along.and(isChannel).mul(ofPixel));
            addPlace(k, ofWarp.slice(axis * 3, axis * 3 + 3), slope, [column, row]);
          });
          at.advance(h * w * c * 4);
          from.advance(h * w * c * 4);
        });
      }),
    );
    const to = k.i32(sums.add(n.mul(MATRIX_GRADIENT_FLOATS * 4)));
    [...ofColour, ...ofWarp].forEach((sum, i) => k.store(to, sum, i * VECTOR_BYTES));
  });
}

/**
 * Gradient of f32 clips. Items: clips. Args: prepared numbers, dy, transposed colour matrices [n][c] of vectors,
 * gradient.
 */
export function clipTransformInputGradient(k: KernelBuilder, params: ClipTransformParams): void {
  const { t, h, w, c } = params;
  const [prepared, dy, transposed, dx] = k.args(4) as [I32, I32, I32, I32];
  const sampler = new Sampler(k, params);
  const [gradient, ofPixel, sum] = k.vectors(3) as [V128Local, V128Local, V128Local];
  k.forRange(k.from, k.to, (n) => {
    const numbers = k.i32(prepared.add(n.mul(CLIP_FLOATS * 4)));
    const columns = k.i32(transposed.add(n.mul(c * VECTOR_BYTES)));
    k.clear(dx.add(n.mul(t * h * w * c * 4)), t * h * w * c * 4);
    k.forRange(0, h, (row) =>
      k.forRange(0, w, (column) => {
        const to = k.i32(dx.add(n.mul(t * h * w * c * 4)));
        const from = k.i32(
          dy.add(
            n
              .mul(t * h)
              .add(row)
              .mul(w)
              .add(column)
              .mul(c * 4),
          ),
        );
        sampler.locate(numbers, column, row);
        k.repeat(t, () => {
          gradient.set(from.load());
          pixelGradient(k, { c, columns, gradient, ofPixel });
          sampler.forInside(to, (address, share) => {
            sum.set(k.multiplyAdd(ofPixel, share, address.load()));
            k.storeLanes(address, sum, c);
          });
          to.advance(h * w * c * 4);
          from.advance(h * w * c * 4);
        });
      }),
    );
  });
}

type PixelGradient = { c: number; columns: I32; gradient: V128Local; ofPixel: V128Local };

/** ofPixel = transposed colour matrix times the gradient. */
function pixelGradient(k: KernelBuilder, { c, columns, gradient, ofPixel }: PixelGradient): void {
  ofPixel.set(k.zero);
  for (let row = 0; row < c; row++)
    ofPixel.set(k.multiplyAdd(gradient.lane(row).splat(), columns.load(row * VECTOR_BYTES), ofPixel));
}

/** How the blend changes with the place, for each channel. */
function alongX(k: KernelBuilder, { corners: [topLeft, topRight, bottomLeft, bottomRight], shareY }: Sampler): V128 {
  const top = k.v128(topRight.sub(topLeft));
  return k.multiplyAdd(bottomRight.sub(bottomLeft).sub(top), shareY, top);
}

function alongY(k: KernelBuilder, { corners: [topLeft, topRight, bottomLeft, bottomRight], shareX }: Sampler): V128 {
  const left = k.v128(bottomLeft.sub(topLeft));
  return k.multiplyAdd(bottomRight.sub(topRight).sub(left), shareX, left);
}

function addPlace(k: KernelBuilder, sums: V128Local[], slope: V128Local, [column, row]: [I32, I32]): void {
  const [ofX, ofY, ofOne] = sums as [V128Local, V128Local, V128Local];
  ofX.set(k.multiplyAdd(slope, column.toF32().splat(), ofX));
  ofY.set(k.multiplyAdd(slope, row.toF32().splat(), ofY));
  ofOne.set(ofOne.add(slope));
}

/** All bits of the first `c` lanes. */
function laneMask(c: number): V128 {
  return V128.bits([0, 1, 2, 3].map((lane) => (lane < c ? -1 : 0)));
}
