/**
 * The engine `cuda`: TensorFlow's own library through `@tensorflow/tfjs-node-gpu`, for who has installed that package and
 * CUDA. It is no dependency: its installer downloads from a host that is often blocked. Nothing was run on it; the
 * self-test decides at every start whether it is used (docs/decisions/0015-mixed-precision-memory-and-lost-gpus.md).
 */
import '../gradients.ts';
import { engine, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { AppError } from '../../contract/errors.ts';
import type { OpenedBackend } from '../opened-backend.ts';

/** Why not in the import itself: bundlers and the compiler look for what they see there. */
const PACKAGE: string = '@tensorflow/tfjs-node-gpu';

/** The name under which that package registers its backend. */
const BACKEND = 'tensorflow';

/**
 * Opens CUDA and makes it the backend of TensorFlow.js.
 * @param load - imports the package, which registers its backend
 * @throws AppError `not-found` where the package is not installed, `engine-unavailable` where it does not work
 */
export async function openCudaBackend(load: () => Promise<unknown> = () => import(PACKAGE)): Promise<OpenedBackend> {
  await loadPackage(load);
  if (!(await setBackend(BACKEND))) throw unavailable('its backend cannot be started');
  const backend = engine().backend as { isUsingGpuDevice?: boolean };
  if (backend.isUsingGpuDevice !== true) {
    removeBackend(BACKEND);
    throw unavailable('TensorFlow finds no GPU that it can use');
  }
  return {
    name: 'cuda',
    device: 'GPU of TensorFlow (CUDA)',
    threads: 1,
    features: { precision: 'float32', kernels: 'TensorFlow' },
    close: () => Promise.resolve(removeBackend(BACKEND)),
  };
}

async function loadPackage(load: () => Promise<unknown>): Promise<void> {
  try {
    await load();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') {
      const hint = `Install ${PACKAGE} and CUDA, or use the engine "webgpu", which needs neither.`;
      throw new AppError('not-found', `cuda: ${PACKAGE} is not installed`, { hint, cause });
    }
    throw unavailable(`${PACKAGE} does not load: ${String(cause).split('\n')[0]}`, cause);
  }
}

function unavailable(message: string, cause?: unknown): AppError {
  const hint = 'Check the installation of CUDA and cuDNN, or use the engine "webgpu", which needs neither.';
  return new AppError('engine-unavailable', `cuda: ${message}`, { hint, cause });
}
