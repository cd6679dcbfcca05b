import './gradients.ts';
import { setBackend } from '@tensorflow/tfjs-core';
import { describeProcessor } from './processor.ts';
import type { OpenedBackend } from './opened-backend.ts';

/** TensorFlow.js's plain JavaScript backend: hundreds of times slower than the others, and what they are tested against. */
export async function openReferenceBackend(): Promise<OpenedBackend> {
  await setBackend('cpu');
  return {
    name: 'cpu',
    device: describeProcessor(),
    threads: 1,
    features: { kernels: 'TensorFlow.js' },
    close: () => Promise.resolve(),
  };
}
