/** Trains a toy on SwiftShader, tells it once that the GPU's memory is full, and prints what the run recorded. */
import { engine, memory } from '@tensorflow/tfjs-core';
import type { MetricsRecord } from '../../../src-main/contract/records.ts';
import { openWebGpuBackend } from '../../../src-main/engine/webgpu/open.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import { linearCard, MemorySink, momentData, toyConfig } from '../../support/toy-training.ts';

export type ShortageFindings = { metrics: MetricsRecord[]; passVideos: number | null; leakedTensors: number };

/** Every read asks two scopes, that of memory second: this is the second read, of the first gradient. */
const ERROR_SCOPE = 4;

function failOnce(device: GPUDevice): void {
  const pop = device.popErrorScope.bind(device);
  let asked = 0;
  device.popErrorScope = async () => {
    const found = await pop();
    return ++asked === ERROR_SCOPE ? { message: 'injected' } : found;
  };
}

const { close } = await openWebGpuBackend({ allowSoftware: true });
failOnce((engine().backend as unknown as { device: GPUDevice }).device);
const sink = new MemorySink();
const before = memory().numTensors;
const config = toyConfig(['pooling=average', 'epochs=1']);
const data = momentData(3, { train: 6, val: 3, frames: 4 });
const { passVideos } = await trainRun({ ...data, config, card: linearCard, sink });
const findings: ShortageFindings = { metrics: sink.metrics, passVideos, leakedTensors: memory().numTensors - before };
process.stdout.write(JSON.stringify(findings));
await close();
