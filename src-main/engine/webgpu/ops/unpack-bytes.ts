import { util } from '@tensorflow/tfjs-core';
import type { ByteScale } from '../../../../models/ops/unpack-bytes.ts';
import { input } from '../../kernel-call.ts';
import { batchParts } from '../batch-parts.ts';
import { allocate, programFor, runProgram } from '../dispatch.ts';
import { channelValues } from '../kernels/channel-uniforms.ts';
import { ITEM_WORKGROUP } from '../kernels/each-item.ts';
import { unpackBytes } from '../kernels/unpack-bytes.ts';
import type { WebGpuKernel } from '../webgpu-kernel.ts';

const WORD_BYTES = 4;

const unpack: WebGpuKernel = (call) => {
  const { backend } = call;
  const { shape, mean, deviation } = call.attrs as ByteScale & { shape: number[] };
  const packed = input(call, 'packed');
  const bytes = util.sizeFromShape(shape);
  const words = util.sizeFromShape(packed.shape);
  const y = allocate(backend, shape);
  const c = mean.length;
  const program = programFor(`unpack bytes ${c}`, () => unpackBytes({ c }));
  const scale = Object.fromEntries([...channelValues('mean', mean), ...channelValues('deviation', deviation)]);
  for (const { start, count } of batchParts(words, [4, 4 * WORD_BYTES], backend.settings.maxBindingBytes)) {
    const firstByte = start * WORD_BYTES;
    const length = Math.min(count * WORD_BYTES, bytes - firstByte);
    const tensors =
      count === words
        ? [packed, y]
        : [
            { tensor: packed, start, length: count },
            { tensor: y, start: firstByte, length },
          ];
    const uniforms = { ...scale, firstByte, bytes: length, size: count };
    runProgram(backend, program, { tensors, uniforms, workgroups: Math.ceil(count / ITEM_WORKGROUP) });
  }
  return y;
};

export const unpackBytesKernels: Record<string, WebGpuKernel> = { UnpackBytes: unpack };
