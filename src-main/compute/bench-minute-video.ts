import path from 'node:path';
import { throwIfAborted } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import { encodeVideo } from '../media/encode.ts';
import { planSample, SAMPLE_FPS, type SampleClip } from '../sample/plan-sample.ts';
import { renderClip, SAMPLE_SIZE } from '../sample/render-clip.ts';

const DURATION_SEC = 60;

/** Draws one minute of a person of the sample with one expression in the middle. @returns its path in `folder` */
export async function makeMinuteVideo(folder: string, job: JobContext): Promise<string> {
  const [, smiling] = planSample({ people: 1 });
  const clip: SampleClip = {
    ...smiling!,
    frameCount: DURATION_SEC * SAMPLE_FPS,
    durationSec: DURATION_SEC,
    moment: { startSec: DURATION_SEC / 2, endSec: DURATION_SEC / 2 + 3 },
  };
  const file = path.join(folder, 'minute.mp4');
  const size = { width: SAMPLE_SIZE, height: SAMPLE_SIZE };
  await encodeVideo(file, { ...size, fps: SAMPLE_FPS, codec: 'h264' }, reported(clip, job), job);
  return file;
}

function* reported(clip: SampleClip, { signal, onProgress }: JobContext): Generator<Uint8Array> {
  let done = 0;
  for (const picture of renderClip(clip)) {
    throwIfAborted(signal);
    yield picture;
    onProgress?.({ stage: 'make video', done: ++done, total: clip.frameCount });
  }
}
