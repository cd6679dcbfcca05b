/**
 * Runs in a process of its own on SwiftShader: steps of a tiny training of small3d on the wasm engine, on the GPU, and on
 * the GPU with a product tuned after the first step. Prints what it found; small3d.test.ts says what is right.
 */
import { backend } from '@tensorflow/tfjs-core';
import { openEngine, type EngineOptions } from '../../../src-main/engine/select.ts';
import type { CheckedWebGpuBackend } from '../../../src-main/engine/webgpu/checked-backend.ts';
import { tuneCurrentEngine } from '../../../src-main/engine/webgpu/tuning/tune-current.ts';
import { trainingWork } from '../../../src-main/compute/speed.ts';

export type Small3dFindings = {
  wasm: number[];
  gpu: number[];
  tuned: number[];
  /** Products tuned after the first step: of the wasm engine, of a GPU by default, and forced. */
  tunings: number[];
  /** What `doctor` shows under `tiles`: before anything is tuned, and when the file is opened again. */
  tiles: string[];
};

const STEPS = 6;
/** One before the tuning, and one after it. */
const TUNED_STEPS = 2;
const TUNED = 1;
const cacheFile = process.argv[2]!;
const findings: Small3dFindings = { wasm: [], gpu: [], tuned: [], tunings: [], tiles: [] };

findings.wasm = await losses({ engine: 'wasm', threads: 1 }, STEPS);
findings.gpu = await losses({ engine: 'webgpu', tuning: { cacheFile, always: false } }, STEPS);
const forced = { engine: 'webgpu', tuning: { cacheFile, always: true } } as const;
findings.tuned = await losses(forced, TUNED_STEPS, tuneSome);
const again = await openEngine(forced);
findings.tiles.push(String(again.info.features['tiles']));
await again.close();
process.stdout.write(JSON.stringify(findings));

async function losses(options: EngineOptions, steps: number, tune = () => tuneCurrentEngine({})): Promise<number[]> {
  const { info, close } = await openEngine(options);
  findings.tiles.push(String(info.features['tiles']));
  const work = trainingWork({ model: 'small3d', batch: 2, set: ['cropSize=24', 'clipFrames=4'] });
  const found: number[] = [];
  for (let step = 0; step < steps; step++) {
    found.push((await work.repeat()).loss);
    if (step === 0) findings.tunings.push(await tune());
  }
  work.dispose();
  await close();
  return found;
}

/**
 * An abort keeps what is tuned, which begins when everything is compiled: two products here, because all tiles of every
 * product of the network take SwiftShader most of a minute.
 */
function tuneSome(): Promise<number> {
  const { products } = backend() as CheckedWebGpuBackend;
  const few = products.untuned().slice(0, 2);
  products.untuned = () => few;
  const abort = new AbortController();
  return tuneCurrentEngine({
    signal: abort.signal,
    onProgress: ({ done, total }) => done === total / 2 + TUNED && abort.abort(),
  });
}
