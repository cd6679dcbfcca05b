import { findBackend, KernelBackend, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { openCudaBackend } from '../../src-main/engine/cuda/open.ts';

class StandIn extends KernelBackend {
  readonly isUsingGpuDevice: boolean;

  constructor(isUsingGpuDevice: boolean) {
    super();
    this.isUsingGpuDevice = isUsingGpuDevice;
  }

  override dispose(): void {
    // Holds nothing.
  }
}

const registers = (onGpu: boolean) => () => Promise.resolve(registerBackend('tensorflow', () => new StandIn(onGpu)));

/** How the package is found and refused; what it computes was never tried. */
describe('the engine cuda', () => {
  afterEach(() => {
    if (findBackend('tensorflow') !== null) removeBackend('tensorflow');
  });

  it('is missing without a word of failure where the package is not installed', async () => {
    await expect(openCudaBackend()).rejects.toMatchObject({
      code: 'not-found',
      message: 'cuda: @tensorflow/tfjs-node-gpu is not installed',
    });
  });

  it('is refused with the reason where the native library does not load', async () => {
    const load = () => Promise.reject(new Error('libcudart.so.11.0: cannot open shared object file\n  at …'));
    await expect(openCudaBackend(load)).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringMatching(
        /^cuda: .* does not load: Error: libcudart.so.11.0: cannot open shared object file$/,
      ),
    });
  });

  it('is refused where TensorFlow would compute on the processor', async () => {
    await expect(openCudaBackend(registers(false))).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: 'cuda: TensorFlow finds no GPU that it can use',
    });
  });

  it('opens on a GPU, and takes its backend away when it is closed', async () => {
    const backend = await openCudaBackend(registers(true));
    expect(backend).toMatchObject({ name: 'cuda', features: { precision: 'float32' } });
    await backend.close();
    expect(findBackend('tensorflow')).toBeNull();
  });
});
