import '../../../src-main/engine/gradients.ts';
import { memory, setBackend, type Tensor5D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawAugmentation, type ClipAugmentation } from '../../../src-main/data/augment.ts';
import { clipTensor, type ClipBatch } from '../../../src-main/data/batches.ts';
import { Rng } from '../../../src-main/data/rng.ts';

const NONE = { flip: false, rotationDeg: 0, scale: 0, translate: 0, brightness: 0, contrast: 0, saturation: 0 };
const STANDARD = {
  flip: true,
  rotationDeg: 10,
  scale: 0.1,
  translate: 0.06,
  brightness: 0.2,
  contrast: 0.2,
  saturation: 0.2,
};
const SIZE = 6;

beforeAll(async () => {
  await setBackend('cpu');
});

/** Two clips of three frames; the frames of a clip are equal. */
function stillClips(): ClipBatch {
  const rng = new Rng(1);
  const picture = () => Array.from({ length: SIZE * SIZE * 3 }, () => rng.integer(256));
  const clips = [picture(), picture()].flatMap((frame) => [frame, frame, frame]);
  return { bytes: Uint8Array.from(clips.flat()), shape: [2, 3, SIZE, SIZE, 3] };
}

const applied = (augmentations: ClipAugmentation[] | null) => {
  const clips: Tensor5D = clipTensor(stillClips(), augmentations);
  const values = clips.arraySync();
  clips.dispose();
  return values;
};

describe('augmentation', () => {
  it('is the same for all frames of a clip and differs between clips and draws', () => {
    const rng = new Rng(2);
    const before = memory().numTensors;
    const draws = [drawAugmentation(rng, STANDARD), drawAugmentation(rng, STANDARD)];
    const clips = applied(draws);
    expect(memory().numTensors).toBe(before);
    for (const frames of clips) for (const frame of frames) expect(frame).toEqual(frames[0]);
    expect(draws[0]).not.toEqual(draws[1]);
    expect(clips).not.toEqual(applied(null));
  });

  it('of no strength leaves the pictures as they are', () => {
    const identity = drawAugmentation(new Rng(1), NONE);
    const [plain, augmented] = [applied(null), applied([identity, identity])];
    plain.flat(4).forEach((value, i) => expect(augmented.flat(4)[i]).toBeCloseTo(value, 4));
  });

  it('mirrors half of the clips and nothing else when only that is asked', () => {
    const rng = new Rng(3);
    const draws = Array.from({ length: 1000 }, () => drawAugmentation(rng, { ...NONE, flip: true }));
    const mirrored = draws.filter(({ warp }) => warp[0]! < 0);
    expect(Math.abs(mirrored.length - 500)).toBeLessThan(60);
    const [first, mirror] = [applied(null)[0]![0]!, applied([mirrored[0]!, mirrored[0]!])[0]![0]!];
    mirror.forEach((row, y) =>
      row.forEach((pixel, x) =>
        pixel.forEach((value, c) => expect(value).toBeCloseTo(first[y]![SIZE - 1 - x]![c]!, 4)),
      ),
    );
  });

  it('takes the same count of random numbers whatever its strengths', () => {
    const [a, b] = [new Rng(4), new Rng(4)];
    drawAugmentation(a, NONE);
    drawAugmentation(b, STANDARD);
    expect(a.state).toEqual(b.state);
  });

  it('never turns a picture inside out, even at full strength', () => {
    const rng = new Rng(5);
    for (let i = 0; i < 500; i++) {
      const { warp } = drawAugmentation(rng, { ...STANDARD, flip: false, scale: 1, rotationDeg: 0 });
      expect(warp[0]).toBeGreaterThan(0);
      expect(Number.isFinite(warp[2])).toBe(true);
    }
  });
});
