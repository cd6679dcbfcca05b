import { LINEAR_OF_SRGB } from './color.ts';
import type { Projection } from './pose.ts';
import type { GeometryBuffer } from './raster.ts';
import type { Lighting, SurfacePoint } from './shading.ts';
import { light } from './shading.ts';
import type { Point } from './surface-grid.ts';
import { CREASES, TEXEL_BYTES } from './texture-atlas.ts';

/** Samples along each side of a pixel. */
export const OVERSAMPLING = 2;

/** What changes the colours of a frame. */
export type Appearance = {
  lighting: Lighting;
  /** Depth of each crease, 0..1. */
  creases: readonly number[];
  projection: Projection;
  /** Draws features at a point of the face; called for samples whose texel is below `faceTexels`. */
  paintFace: (x: number, y: number, point: SurfacePoint) => void;
  faceTexels: number;
};

/** Features are painted only this far in front of the middle of the head, in face units. */
const FACE_DEPTH = 0.3;

/** Turns a geometry buffer into light: colours every sample and sums the samples of each pixel. */
export class SampleShader {
  readonly #texture: Uint8ClampedArray;
  readonly #size: number;
  /** Red, green and blue light summed over samples, and their number, four a pixel. */
  readonly sums: Float32Array;
  readonly #point: SurfacePoint = { red: 0, green: 0, blue: 0, gloss: 0, nx: 0, ny: 0, nz: 0 };
  readonly #place: Point = [0, 0, 0];

  /** @param size - side of the picture in pixels */
  constructor(texture: Uint8ClampedArray, size: number) {
    this.#texture = texture;
    this.#size = size;
    this.sums = new Float32Array(size * size * 4);
  }

  shade(buffer: GeometryBuffer, appearance: Appearance): void {
    this.sums.fill(0);
    const { left, top, right, bottom } = buffer.bounds;
    for (let row = top; row < bottom; row++) {
      const pixelRow = Math.floor(row / OVERSAMPLING) * this.#size;
      for (let column = left; column < right; column++) {
        const at = row * buffer.width + column;
        if (buffer.depth[at] === -Infinity) continue;
        this.#fetch(buffer, at, appearance.creases);
        if (buffer.texel[at]! < appearance.faceTexels) this.#paintFace(column, row, buffer.depth[at]!, appearance);
        light(this.#point, appearance.lighting);
        this.#add(4 * (pixelRow + Math.floor(column / OVERSAMPLING)));
      }
    }
  }

  #fetch(buffer: GeometryBuffer, at: number, creases: readonly number[]): void {
    const texture = this.#texture;
    const point = this.#point;
    const from = buffer.texel[at]! * TEXEL_BYTES;
    let crease = 0;
    for (let i = 0; i < CREASES.length; i++) crease += creases[i]! * texture[from + 4 + i]!;
    const shade = crease > 0 ? 1 / (1 + crease / 255) : 1;
    point.red = LINEAR_OF_SRGB[texture[from]!]! * shade;
    point.green = LINEAR_OF_SRGB[texture[from + 1]!]! * shade * shade;
    point.blue = LINEAR_OF_SRGB[texture[from + 2]!]! * shade * shade;
    point.gloss = texture[from + 3]! / 255;
    point.nx = buffer.normals[3 * at]!;
    point.ny = buffer.normals[3 * at + 1]!;
    point.nz = buffer.normals[3 * at + 2]!;
  }

  #paintFace(column: number, row: number, depth: number, { projection, paintFace }: Appearance): void {
    projection.toFace(column, row, depth, this.#place);
    if (this.#place[2] > FACE_DEPTH) paintFace(this.#place[0], this.#place[1], this.#point);
  }

  #add(at: number): void {
    this.sums[at] = this.sums[at]! + this.#point.red;
    this.sums[at + 1] = this.sums[at + 1]! + this.#point.green;
    this.sums[at + 2] = this.sums[at + 2]! + this.#point.blue;
    this.sums[at + 3] = this.sums[at + 3]! + 1;
  }
}
