import {
  copyRegisteredKernels,
  getKernel,
  registerBackend,
  registerKernel,
  removeBackend,
  setBackend,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobContext } from '../../../src-main/contract/progress.ts';
import { openReferenceBackend } from '../../../src-main/engine/reference.ts';
import { openWasmBackend } from '../../../src-main/engine/wasm/register.ts';
import { tuneProducts } from '../../../src-main/engine/webgpu/tuning/tune-products.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import { linearCard, MemorySink, momentData, toyConfig } from '../../support/toy-training.ts';

vi.mock('../../../src-main/engine/webgpu/tuning/tune-products.ts', () => ({ tuneProducts: vi.fn() }));
const tune = vi.mocked(tuneProducts);

const PRODUCT = 'BatchMatMul';

/** The CPU under the name of the GPU: like the engine, it notes what its products are, here by the shape of one side. */
async function openStandIn(tunes: boolean): Promise<{ products: string[]; close(): void }> {
  const products: string[] = [];
  const backend = Object.assign(new MathBackendCPU(), { products: { tunes, untuned: () => products } });
  copyRegisteredKernels('cpu', 'webgpu');
  const plain = getKernel(PRODUCT, 'webgpu');
  unregisterKernel(PRODUCT, 'webgpu');
  registerKernel({
    ...plain,
    kernelFunc: (call) => {
      const shape = JSON.stringify((call.inputs['a'] as { shape: number[] }).shape);
      if (!products.includes(shape)) products.push(shape);
      return plain.kernelFunc(call);
    },
  });
  registerBackend('webgpu', () => backend);
  await setBackend('webgpu');
  return { products, close: () => removeBackend('webgpu') };
}

/** Two epochs of two steps of six videos, whose one clip has two frames; one video is validated. */
async function train(job: JobContext = {}): Promise<MemorySink> {
  const sink = new MemorySink();
  const data = momentData(3, { train: 12, val: 1, frames: 8 });
  const config = toyConfig(['epochs=2', 'batch=6', 'pooling=average']);
  await trainRun({ ...data, config, card: linearCard, sink }, job);
  return sink;
}

beforeEach(() => {
  tune.mockReset();
});

describe('a GPU that is to be tuned', () => {
  let close: () => void;
  let products: string[];

  beforeEach(async () => {
    ({ products, close } = await openStandIn(true));
  });
  afterEach(() => close());

  it('is tuned once in a training, to what its first step computed', async () => {
    const calls: { products: string[]; steps: number }[] = [];
    const told: string[] = [];
    tune.mockImplementation((backend, job) => {
      calls.push({ products: [...(backend.products.untuned() as unknown as string[])], steps: told.length });
      job?.onProgress?.({ stage: 'tune', done: 1, total: 1 });
      return Promise.resolve(1);
    });
    const sink = await train({ onProgress: ({ done, total, detail }) => told.push(`${done}/${total} ${detail}`) });
    expect(sink.metrics.filter(({ kind }) => kind === 'step')).toHaveLength(4);
    expect(calls).toEqual([{ products: expect.any(Array) as string[], steps: 1 }]);
    expect(calls[0]!.products.length).toBeGreaterThan(0);
    // Validation computes others.
    expect(products.length).toBeGreaterThan(calls[0]!.products.length);
    expect(told[1]).toBe('1/4 tunes the GPU, 1 of 1');
  });

  it('is left alone where nothing is to be tuned', async () => {
    close();
    ({ close } = await openStandIn(false));
    await train();
    expect(tune).not.toHaveBeenCalled();
  });
});

describe('an engine without tiles to choose', () => {
  it('is never tuned: the reference', async () => {
    await openReferenceBackend();
    await train();
    expect(tune).not.toHaveBeenCalled();
  });

  it('is never tuned: wasm', async () => {
    const { close } = await openWasmBackend({ threads: 1 });
    try {
      await train();
    } finally {
      await close();
    }
    expect(tune).not.toHaveBeenCalled();
  });
});
