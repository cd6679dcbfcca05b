import type { SurfaceGrid } from './surface-grid.ts';

/**
 * What is seen at each sample of a picture, before light and colour: depth, texel and normal. Deferring the shading
 * means that it is done once for each visible sample.
 */
export class GeometryBuffer {
  readonly width: number;
  readonly height: number;
  /** Towards the camera; -Infinity where nothing is drawn. */
  readonly depth: Float32Array;
  readonly texel: Int32Array;
  readonly normals: Float32Array;
  /** Samples that may have been drawn since the last clear. */
  bounds = { left: 0, top: 0, right: 0, bottom: 0 };

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.depth = new Float32Array(width * height).fill(-Infinity);
    this.texel = new Int32Array(width * height);
    this.normals = new Float32Array(width * height * 3);
    this.#resetBounds();
  }

  clear(): void {
    const { left, top, right, bottom } = this.bounds;
    for (let y = top; y < bottom; y++) this.depth.fill(-Infinity, y * this.width + left, y * this.width + right);
    this.#resetBounds();
  }

  #resetBounds(): void {
    this.bounds = { left: this.width, top: this.height, right: 0, bottom: 0 };
  }

  /** Puts one sample that faces the camera, unless something nearer is there. */
  stamp(column: number, row: number, depth: number, texel: number): void {
    if (column < 0 || row < 0 || column >= this.width || row >= this.height) return;
    const at = row * this.width + column;
    if (depth < this.depth[at]!) return;
    this.cover(column, row, column + 1, row + 1);
    this.depth[at] = depth;
    this.texel[at] = texel;
    this.normals.set([0, -0.5, 0.8], 3 * at);
  }

  /** Widens the bounds. */
  cover(left: number, top: number, right: number, bottom: number): void {
    const bounds = this.bounds;
    if (left < bounds.left) bounds.left = left;
    if (top < bounds.top) bounds.top = top;
    if (right > bounds.right) bounds.right = right;
    if (bottom > bounds.bottom) bounds.bottom = bottom;
  }
}

/** Where a grid's texture lies in the atlas, in texels. */
export type TextureSlot = { offset: number; width: number; height: number };

/** A grid in picture coordinates: x and y in samples, z towards the camera, in samples too. */
export type ScreenGrid = {
  grid: SurfaceGrid;
  positions: Float32Array;
  normals: Float32Array;
  /** Column and row of each vertex in its texture. */
  texels: Float32Array;
  slot: TextureSlot;
};

export function screenGrid(grid: SurfaceGrid, slot: TextureSlot): ScreenGrid {
  const count = grid.rows * grid.columns;
  const texels = new Float32Array(2 * count);
  for (let vertex = 0; vertex < count; vertex++) {
    texels[2 * vertex] = ((vertex % grid.columns) / (grid.columns - 1)) * (slot.width - 1) + 0.5;
    texels[2 * vertex + 1] = (Math.floor(vertex / grid.columns) / (grid.rows - 1)) * (slot.height - 1) + 0.5;
  }
  return { grid, positions: new Float32Array(3 * count), normals: new Float32Array(3 * count), texels, slot };
}

/** Samples this far outside a triangle still belong to it, so that rounding leaves no holes along shared edges. */
const SLACK = 1e-6;

/** Draws grids into a geometry buffer: triangles that face the camera, the nearest by depth test. */
export class Rasterizer {
  readonly #target: GeometryBuffer;
  /** Corner a, then the edges to b and to c: x, y, z each. */
  readonly #corners = new Float64Array(9);
  /** The same for texel column, texel row and the normal. */
  readonly #attributes = new Float64Array(15);

  constructor(target: GeometryBuffer) {
    this.#target = target;
  }

  draw(screen: ScreenGrid): void {
    const { triangles } = screen.grid;
    for (let i = 0; i < triangles.length; i += 3) if (this.#facesCamera(screen, i)) this.#fill(screen, i);
  }

  #facesCamera({ grid, positions }: ScreenGrid, first: number): boolean {
    const a = 3 * grid.triangles[first]!;
    const b = 3 * grid.triangles[first + 1]!;
    const c = 3 * grid.triangles[first + 2]!;
    for (let axis = 0; axis < 3; axis++) {
      const origin = positions[a + axis]!;
      this.#corners[axis] = origin;
      this.#corners[3 + axis] = positions[b + axis]! - origin;
      this.#corners[6 + axis] = positions[c + axis]! - origin;
    }
    return this.#corners[3]! * this.#corners[7]! - this.#corners[4]! * this.#corners[6]! > 1e-9;
  }

  /** Many triangles are smaller than a sample and hold none, so attributes are gathered at the first one inside. */
  #fill(screen: ScreenGrid, first: number): void {
    const { width, height } = this.#target;
    const corners = this.#corners;
    const ax = corners[0]!;
    const ay = corners[1]!;
    const bx = corners[3]!;
    const by = corners[4]!;
    const cx = corners[6]!;
    const cy = corners[7]!;
    const left = Math.max(0, Math.ceil(ax + Math.min(0, bx, cx)));
    const right = Math.min(width - 1, Math.floor(ax + Math.max(0, bx, cx)));
    const top = Math.max(0, Math.ceil(ay + Math.min(0, by, cy)));
    const bottom = Math.min(height - 1, Math.floor(ay + Math.max(0, by, cy)));
    if (left > right || top > bottom) return;
    let isGathered = false;
    const inverseArea = 1 / (bx * cy - by * cx);
    const betaStep = cy * inverseArea;
    const gammaStep = -by * inverseArea;
    for (let y = top; y <= bottom; y++) {
      let beta = ((left - ax) * cy - (y - ay) * cx) * inverseArea;
      let gamma = ((y - ay) * bx - (left - ax) * by) * inverseArea;
      const row = y * width;
      for (let x = left; x <= right; x++, beta += betaStep, gamma += gammaStep) {
        if (beta < -SLACK || gamma < -SLACK || beta + gamma > 1 + SLACK) continue;
        if (!isGathered) this.#gather(screen, first);
        isGathered = true;
        this.#write(screen.slot, row + x, beta, gamma);
      }
    }
    if (isGathered) this.#target.cover(left, top, right + 1, bottom + 1);
  }

  #gather({ grid, texels, normals }: ScreenGrid, first: number): void {
    const a = grid.triangles[first]!;
    const b = grid.triangles[first + 1]!;
    const c = grid.triangles[first + 2]!;
    for (let i = 0; i < 2; i++) this.#attribute(i, texels[2 * a + i]!, texels[2 * b + i]!, texels[2 * c + i]!);
    for (let i = 0; i < 3; i++) this.#attribute(2 + i, normals[3 * a + i]!, normals[3 * b + i]!, normals[3 * c + i]!);
  }

  #attribute(at: number, a: number, b: number, c: number): void {
    this.#attributes[at] = a;
    this.#attributes[5 + at] = b - a;
    this.#attributes[10 + at] = c - a;
  }

  #write(slot: TextureSlot, at: number, beta: number, gamma: number): void {
    const target = this.#target;
    const corners = this.#corners;
    const z = corners[2]! + beta * corners[5]! + gamma * corners[8]!;
    if (z <= target.depth[at]!) return;
    const t = this.#attributes;
    target.depth[at] = z;
    const column = t[0]! + beta * t[5]! + gamma * t[10]!;
    const row = t[1]! + beta * t[6]! + gamma * t[11]!;
    target.texel[at] = slot.offset + (row | 0) * slot.width + (column | 0);
    target.normals[3 * at] = t[2]! + beta * t[7]! + gamma * t[12]!;
    target.normals[3 * at + 1] = t[3]! + beta * t[8]! + gamma * t[13]!;
    target.normals[3 * at + 2] = t[4]! + beta * t[9]! + gamma * t[14]!;
  }
}
