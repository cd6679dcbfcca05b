import type { Box, FaceOrigin } from '../contract/records.ts';
import type { Pose } from './pose.ts';

/** What is known of one frame; region and box are null where no face is. */
export type AlignedFrame = { origin: FaceOrigin; region: Pose | null; box: Box | null; confidence: number };

const ABSENT: AlignedFrame = { origin: 'absent', region: null, box: null, confidence: 0 };

/** Numbers of a frame: region x, y, a, b; box x, y, width, height; confidence. */
const COLUMNS = 9;

/** An {@link AlignedFrame} for every frame of a video, at first all absent; in columns, as a video can be long. */
export class AlignedFrames {
  readonly #origins: FaceOrigin[];
  readonly #cells: Float32Array;

  constructor(count: number) {
    this.#origins = new Array<FaceOrigin>(count).fill('absent');
    this.#cells = new Float32Array(count * COLUMNS);
  }

  get count(): number {
    return this.#origins.length;
  }

  set(frame: number, { origin, region, box, confidence }: AlignedFrame): void {
    this.#origins[frame] = origin;
    if (!region || !box) return;
    const row = [region.x, region.y, region.a, region.b, box.x, box.y, box.width, box.height, confidence];
    this.#cells.set(row, frame * COLUMNS);
  }

  /** Beyond the video every frame is absent. */
  at(frame: number): AlignedFrame {
    const origin = this.#origins[frame] ?? 'absent';
    if (origin === 'absent') return ABSENT;
    const cell = (column: number) => this.#cells[frame * COLUMNS + column]!;
    return {
      origin,
      region: this.regionAt(frame),
      box: { x: cell(4), y: cell(5), width: cell(6), height: cell(7) },
      confidence: cell(8),
    };
  }

  regionAt(frame: number): Pose | null {
    if ((this.#origins[frame] ?? 'absent') === 'absent') return null;
    const first = frame * COLUMNS;
    const cells = this.#cells;
    return { x: cells[first]!, y: cells[first + 1]!, a: cells[first + 2]!, b: cells[first + 3]! };
  }

  *[Symbol.iterator](): Generator<AlignedFrame> {
    for (let frame = 0; frame < this.count; frame++) yield this.at(frame);
  }

  /** Share of frames whose crop shows a face. */
  get coverage(): number {
    const seen = this.#origins.reduce((sum, origin) => sum + (origin === 'absent' ? 0 : 1), 0);
    return this.count === 0 ? 0 : seen / this.count;
  }
}
