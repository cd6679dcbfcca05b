import type { TextureSlot } from './raster.ts';
import type { Point, SurfaceGrid } from './surface-grid.ts';
import { clamp01 } from './curves.ts';
import { toSrgb } from './color.ts';

/** Creases that show only while a movement makes them; one channel each. */
export const CREASES = ['forehead', 'frown', 'cheek', 'squint'] as const;

/** Bytes of a texel: red, green, blue (sRGB), gloss, then the depth of each crease. */
export const TEXEL_BYTES = 4 + CREASES.length;

/** One point of a surface while it is painted; colours are linear light. */
export type Texel = {
  red: number;
  green: number;
  blue: number;
  gloss: number;
  creases: [number, number, number, number];
};

/** Textures of all surfaces of a scene, one after the other. */
export class TextureAtlas {
  readonly data: Uint8ClampedArray;
  #used = 0;

  /** @param capacity - texels of all textures together */
  constructor(capacity: number) {
    this.data = new Uint8ClampedArray(capacity * TEXEL_BYTES);
  }

  /** Paints a texture for a surface: `paint` is called for each texel with the point of the surface under it. */
  add(
    grid: SurfaceGrid,
    size: { width: number; height: number },
    paint: (point: Point, texel: Texel) => void,
  ): TextureSlot {
    const slot = { offset: this.#used, ...size };
    const texel: Texel = { red: 0, green: 0, blue: 0, gloss: 0, creases: [0, 0, 0, 0] };
    const point: Point = [0, 0, 0];
    for (let row = 0; row < size.height; row++)
      for (let column = 0; column < size.width; column++) {
        surfacePoint(grid, row / (size.height - 1), column / (size.width - 1), point);
        texel.creases.fill(0);
        paint(point, texel);
        this.#write(slot.offset + row * size.width + column, texel);
      }
    this.#used += size.width * size.height;
    return slot;
  }

  #write(index: number, texel: Texel): void {
    const at = index * TEXEL_BYTES;
    this.data[at] = toSrgb(texel.red);
    this.data[at + 1] = toSrgb(texel.green);
    this.data[at + 2] = toSrgb(texel.blue);
    this.data[at + 3] = 255 * clamp01(texel.gloss);
    for (let i = 0; i < CREASES.length; i++) this.data[at + 4 + i] = 255 * clamp01(texel.creases[i]!);
  }
}

/** Bilinear point of a grid at shares of its height and width. */
function surfacePoint(grid: SurfaceGrid, v: number, u: number, out: Point): void {
  const y = v * (grid.rows - 1);
  const x = u * (grid.columns - 1);
  const row = Math.min(grid.rows - 2, Math.floor(y));
  const column = Math.min(grid.columns - 2, Math.floor(x));
  const fy = y - row;
  const fx = x - column;
  const top = 3 * (row * grid.columns + column);
  const bottom = top + 3 * grid.columns;
  for (let axis = 0; axis < 3; axis++) {
    const p = grid.positions;
    const above = p[top + axis]! * (1 - fx) + p[top + 3 + axis]! * fx;
    const below = p[bottom + axis]! * (1 - fx) + p[bottom + 3 + axis]! * fx;
    out[axis] = above * (1 - fy) + below * fy;
  }
}
