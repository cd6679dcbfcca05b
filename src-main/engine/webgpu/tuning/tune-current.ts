import { backend, getBackend } from '@tensorflow/tfjs-core';
import type { JobContext } from '../../../contract/progress.ts';
import type { CheckedWebGpuBackend } from '../checked-backend.ts';
import { tuneProducts } from './tune-products.ts';

/**
 * Tunes what the current engine has computed so far, where it is a GPU that is to be tuned. Progress counts products.
 * @returns how many products were tuned; an abort ends it early and keeps them
 */
export async function tuneCurrentEngine(job: JobContext): Promise<number> {
  if (getBackend() !== 'webgpu') return 0;
  const webgpu = backend() as CheckedWebGpuBackend;
  return webgpu.products.tunes ? tuneProducts(webgpu, job) : 0;
}
