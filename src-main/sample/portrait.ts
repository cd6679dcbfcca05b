/** One person in one setting, drawn frame after frame. */
import type { Rng } from '../data/rng.ts';
import { paintBackdrop } from './backdrop.ts';
import { scaleColor } from './color.ts';
import type { LightPicture } from './develop.ts';
import { crop, drawGrain, layOver, toBytes } from './develop.ts';
import { creaseDepths } from './face-rig.ts';
import { openFeatures, paintFeatures } from './features.ts';
import type { FrameState } from './frame-state.ts';
import { glassesOutline, stampPoints } from './glasses.ts';
import type { Solid } from './likeness.ts';
import { Likeness } from './likeness.ts';
import type { Person } from './person.ts';
import type { HeadPose, View } from './pose.ts';
import { Projection } from './pose.ts';
import { GeometryBuffer, Rasterizer } from './raster.ts';
import { OVERSAMPLING, SampleShader } from './sample-shader.ts';
import type { Setting } from './setting.ts';
import type { Lighting } from './shading.ts';
import { gridNormals } from './surface-grid.ts';

/** Pixels that the surroundings reach beyond the picture on each side, for a shaking camera. */
const MARGIN = 8;

/** Height of the picture in face units at head scale 1. */
const PICTURE_UNITS = 4.5;

const UPRIGHT: HeadPose = { yaw: 0, pitch: 0, roll: 0, x: 0, y: 0 };

export type PortraitOptions = { person: Person; setting: Setting; rng: Rng; size: number };

export class Portrait {
  readonly #person: Person;
  readonly #setting: Setting;
  readonly #rng: Rng;
  readonly #likeness: Likeness;
  readonly #buffer: GeometryBuffer;
  readonly #shader: SampleShader;
  readonly #glasses: Float32Array | null;
  readonly #surroundings: LightPicture;
  readonly #picture: LightPicture;
  readonly #grain: Float32Array;

  /** @param options.size - side of the picture in pixels */
  constructor({ person, setting, rng, size }: PortraitOptions) {
    this.#person = person;
    this.#setting = setting;
    this.#rng = rng.fork('frames');
    this.#likeness = new Likeness(person, setting, rng.fork('surfaces'));
    this.#buffer = new GeometryBuffer(size * OVERSAMPLING, size * OVERSAMPLING);
    this.#shader = new SampleShader(this.#likeness.texture, size);
    this.#glasses = person.glasses ? glassesOutline(person, person.glasses) : null;
    this.#picture = { side: size, light: new Float32Array(3 * size * size) };
    this.#surroundings = this.#paintSurroundings(rng.fork('backdrop'));
    this.#grain = drawGrain(rng.fork('grain'), setting.grain);
  }

  /** Draws a frame; returns its rgb24 bytes, row by row. */
  render(state: FrameState): Uint8Array {
    const view = this.#view(state.shake);
    const projection = new Projection(view, state.pose);
    this.#buffer.clear();
    this.#likeness.pose(state.face);
    drawSolids(this.#likeness.head, projection, this.#buffer);
    drawSolids(this.#likeness.fixed, new Projection(view, UPRIGHT), this.#buffer);
    this.#drawGlasses(projection, view.unit);
    const lighting = exposed(this.#setting.lighting, state.exposure);
    const features = openFeatures(this.#person, state, lighting);
    this.#shader.shade(this.#buffer, {
      lighting,
      projection,
      creases: creaseDepths(state.face),
      faceTexels: this.#likeness.faceTexels,
      paintFace: (x, y, point) => paintFeatures(features, x, y, point),
    });
    const { x, y } = state.shake;
    crop(this.#surroundings, this.#picture, { x: MARGIN - x, y: MARGIN - y, exposure: state.exposure });
    layOver(this.#shader.sums, this.#picture);
    return toBytes(this.#picture, this.#grain, this.#rng);
  }

  #view(shift: { x: number; y: number }): View {
    const { headX, headY, headScale } = this.#setting;
    const size = this.#picture.side;
    return {
      x: OVERSAMPLING * (headX * size + shift.x) - 0.5,
      y: OVERSAMPLING * (headY * size + shift.y) - 0.5,
      unit: (OVERSAMPLING * size * headScale) / PICTURE_UNITS,
    };
  }

  #drawGlasses(projection: Projection, unit: number): void {
    const { glasses } = this.#person;
    if (!glasses || !this.#glasses) return;
    const points = new Float32Array(this.#glasses.length);
    projection.toPicture(this.#glasses, points);
    stampPoints(points, { radius: glasses.thickness * unit, texel: this.#likeness.rimTexel }, this.#buffer);
  }

  /** The backdrop with neck and shoulders, which do not move. */
  #paintSurroundings(rng: Rng): LightPicture {
    const side = this.#picture.side + 2 * MARGIN;
    const picture = { side, light: paintBackdrop(this.#setting, rng, side) };
    const buffer = new GeometryBuffer(side * OVERSAMPLING, side * OVERSAMPLING);
    const view = this.#view({ x: MARGIN, y: MARGIN });
    const projection = new Projection(view, UPRIGHT);
    drawSolids(this.#likeness.body, projection, buffer);
    const shader = new SampleShader(this.#likeness.texture, side);
    const { lighting } = this.#setting;
    shader.shade(buffer, { lighting, projection, creases: [0, 0, 0, 0], faceTexels: 0, paintFace: () => undefined });
    layOver(shader.sums, picture);
    return picture;
  }
}

function drawSolids(solids: readonly Solid[], projection: Projection, buffer: GeometryBuffer): void {
  const rasterizer = new Rasterizer(buffer);
  for (const { points, screen } of solids) {
    projection.toPicture(points, screen.positions);
    gridNormals(screen.grid, screen.positions, screen.normals);
    rasterizer.draw(screen);
  }
}

function exposed(lighting: Lighting, factor: number): Lighting {
  const { direction, key, sky, ground } = lighting;
  return {
    direction,
    key: scaleColor(key, factor),
    sky: scaleColor(sky, factor),
    ground: scaleColor(ground, factor),
  };
}
