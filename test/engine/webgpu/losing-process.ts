/** The compute process on a GPU that is lost once, when the first checkpoint of a run is there. */
import { engine } from '@tensorflow/tfjs-core';
import { existsSync, writeFileSync } from 'node:fs';

const { LOST_MARK: mark, CHECKPOINT: checkpoint } = process.env as { LOST_MARK: string; CHECKPOINT: string };
const PERIOD_MS = 5;

const timer = setInterval(() => {
  if (existsSync(mark)) return clearInterval(timer);
  if (!existsSync(checkpoint)) return;
  writeFileSync(mark, '');
  (engine().backend as unknown as { device: GPUDevice }).device.destroy();
}, PERIOD_MS);

await import('../../../src-main/service/processes/compute-process.ts');
