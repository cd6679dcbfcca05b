import { input } from '../../kernel-call.ts';
import { allocate, programFor } from '../dispatch.ts';
import { crossEntropy, crossEntropyGradient } from '../kernels/cross-entropy.ts';
import type { WebGpuKernel } from '../webgpu-kernel.ts';
import { runItems } from './each-item.ts';

const losses: WebGpuKernel = (call) => {
  const [logits, labels] = [input(call, 'logits'), input(call, 'labels')];
  const [n, k] = logits.shape as [number, number];
  const result = allocate(call.backend, [n]);
  const program = programFor('cross-entropy', crossEntropy);
  runItems(call.backend, program, { tensors: [logits, labels, result], size: n, uniforms: { k } });
  return result;
};

const gradient: WebGpuKernel = (call) => {
  const [logits, labels, dy] = [input(call, 'logits'), input(call, 'labels'), input(call, 'dy')];
  const [n, k] = logits.shape as [number, number];
  const result = allocate(call.backend, [n, k]);
  const program = programFor('cross-entropy gradient', crossEntropyGradient);
  runItems(call.backend, program, { tensors: [logits, labels, dy, result], size: n, uniforms: { k } });
  return result;
};

export const crossEntropyKernels: Record<string, WebGpuKernel> = {
  SoftmaxCrossEntropy: losses,
  SoftmaxCrossEntropyGrad: gradient,
};
