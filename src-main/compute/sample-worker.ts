/** A thread that draws and encodes sample clips, one after the other, for `sample.ts`. */
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { encodeVideo } from '../media/encode.ts';
import { SAMPLE_FPS } from '../sample/plan-sample.ts';
import type { SampleClip } from '../sample/plan-sample.ts';
import { renderClip, SAMPLE_SIZE } from '../sample/render-clip.ts';

const { dir } = workerData as { dir: string };
const size = { width: SAMPLE_SIZE, height: SAMPLE_SIZE };

parentPort?.on('message', (clip: SampleClip) => {
  encodeVideo(path.join(dir, clip.path), { ...size, fps: SAMPLE_FPS, codec: 'h264' }, renderClip(clip)).then(
    () => parentPort?.postMessage({ done: clip.path }),
    (error: unknown) => parentPort?.postMessage({ failed: error instanceof Error ? error.message : String(error) }),
  );
});
