/** The surfaces and textures of one person in one setting. */
import type { Rng } from '../data/rng.ts';
import type { FaceState } from './action-units.ts';
import {
  earSurface,
  mantleSurface,
  neckSurface,
  paintEar,
  paintMantle,
  paintNeck,
  paintShoulders,
  shoulderSurface,
} from './body.ts';
import { FaceRig } from './face-rig.ts';
import { skinPoint, withHair } from './head-surface.ts';
import { Noise } from './noise.ts';
import type { Person } from './person.ts';
import type { ScreenGrid } from './raster.ts';
import { screenGrid } from './raster.ts';
import type { Setting } from './setting.ts';
import { paintHead } from './skin-paint.ts';
import type { SurfaceGrid } from './surface-grid.ts';
import { sampleSurface } from './surface-grid.ts';
import { TextureAtlas } from './texture-atlas.ts';

const HEAD = { rows: 72, columns: 84 };
const HEAD_TEXTURE = { width: 256, height: 288 };
const PART_TEXTURE = { width: 100, height: 100 };
const SHOULDER_TEXTURE = { width: 160, height: 130 };
const EAR_TEXTURE = { width: 32, height: 48 };
const CAPACITY = 256 * 288 + 3 * 100 * 100 + 160 * 130 + 2 * 32 * 48 + 1;

/** A surface in face units, x, y, z per vertex, and its picture. */
export type Solid = { points: Float32Array; screen: ScreenGrid };

export class Likeness {
  /** What moves with the head. */
  readonly head: readonly Solid[];
  /** The neck above the shoulders: stays, but is seen between head and long hair. */
  readonly fixed: readonly Solid[];
  /** Neck and shoulders, which stay and lie behind all else. */
  readonly body: readonly Solid[];
  /** Texels below this one belong to the face. */
  readonly faceTexels: number;
  /** Texel of spectacles. */
  readonly rimTexel: number;
  readonly #atlas = new TextureAtlas(CAPACITY);
  readonly #face: Solid;
  readonly #rig: FaceRig;

  constructor(person: Person, setting: Setting, rng: Rng) {
    const noise = new Noise(rng);
    const skin = sampleSurface(HEAD.rows, HEAD.columns, (v, s) => skinPoint(person, v, s));
    const rest = withHair(person, noise, skin.positions);
    const slot = this.#atlas.add(skin, HEAD_TEXTURE, paintHead(person, noise));
    this.faceTexels = HEAD_TEXTURE.width * HEAD_TEXTURE.height;
    this.#face = { points: rest.slice(), screen: screenGrid(skin, slot) };
    this.#rig = new FaceRig(person, skin, rest);
    this.head = [this.#face, ...this.#ears(person, noise), ...this.#mantle(person, noise)];
    const neck = this.#solid(neckSurface(person, 1.5), PART_TEXTURE, paintNeck(person, noise));
    this.fixed = [neck];
    this.body = [
      this.#solid(neckSurface(person, 2.1), PART_TEXTURE, paintNeck(person, noise)),
      this.#solid(shoulderSurface(person), SHOULDER_TEXTURE, paintShoulders(person, setting, noise)),
    ];
    this.rimTexel = this.#paintRim(person);
  }

  get texture(): Uint8ClampedArray {
    return this.#atlas.data;
  }

  /** Moves the face; the other surfaces are rigid. */
  pose(face: FaceState): void {
    this.#rig.pose(face, this.#face.points);
  }

  #solid(grid: SurfaceGrid, size: { width: number; height: number }, paint: Parameters<TextureAtlas['add']>[2]): Solid {
    return { points: grid.positions, screen: screenGrid(grid, this.#atlas.add(grid, size, paint)) };
  }

  #ears(person: Person, noise: Noise): Solid[] {
    return ([-1, 1] as const).map((side) =>
      this.#solid(earSurface(person, side), EAR_TEXTURE, paintEar(person, noise, side)),
    );
  }

  #mantle(person: Person, noise: Noise): Solid[] {
    const grid = mantleSurface(person, noise);
    return grid ? [this.#solid(grid, PART_TEXTURE, paintMantle(person, noise))] : [];
  }

  #paintRim(person: Person): number {
    const [red, green, blue] = person.glasses?.color ?? [0, 0, 0];
    const point = sampleSurface(2, 2, () => [0, 0, 0]);
    const slot = this.#atlas.add(point, { width: 1, height: 1 }, (_, texel) => {
      Object.assign(texel, { red, green, blue, gloss: 1 });
    });
    return slot.offset;
  }
}
