import { env } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

export type RecordedDispatch = {
  pipeline: GPUComputePipeline;
  entries: GPUBindGroupEntry[];
  workgroups: readonly [number, number, number];
  /** Tensors the commands use, and a uniform buffer of the pool: none may be given away before they are submitted. */
  dataIds: readonly object[];
  passing: GPUBuffer | null;
};

/**
 * Why: TensorFlow.js keeps its command encoder, its open pass and the tensors that they use to itself (backend_webgpu.ts
 * of 4.22). Commands of ours must go into the same pass, or the order of work and the reuse of buffers would break.
 */
type Recorder = {
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  uniformPendingDisposal: GPUBuffer[];
  dispatchCountInPass: number;
};

/** Adds a dispatch to the commands of TensorFlow.js, and submits them as often as it does. */
export function recordDispatch(backend: WebGPUBackend, dispatch: RecordedDispatch): void {
  const recorder = backend as unknown as Recorder;
  const { pipeline, entries, workgroups, dataIds, passing } = dispatch;
  const bindGroup = backend.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  for (const dataId of dataIds) recorder.commandQueueOwnedIds.add(dataId);
  if (passing !== null) recorder.uniformPendingDisposal.push(passing);
  const pass = openPass(backend, recorder);
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...workgroups);
  recorder.dispatchCountInPass++;
  if (recorder.dispatchCountInPass >= env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) submit(backend);
}

/** Bytes of a buffer; `dataId` is the tensor that owns it. */
export type BufferPart = { dataId: object; buffer: GPUBuffer; offset: number };

/** Adds a copy of so many bytes, a multiple of 4, to the commands of TensorFlow.js. */
export function recordCopy(backend: WebGPUBackend, from: BufferPart, to: BufferPart, bytes: number): void {
  const recorder = backend as unknown as Recorder;
  for (const { dataId } of [from, to]) recorder.commandQueueOwnedIds.add(dataId);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  recorder.commandEncoder!.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, bytes);
}

/** Sends all recorded commands to the GPU. */
export function submit(backend: WebGPUBackend): void {
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
}

function openPass(backend: WebGPUBackend, recorder: Recorder): GPUComputePassEncoder {
  backend.ensureCommandEncoderReady();
  recorder.computePassEncoder ??= recorder.commandEncoder!.beginComputePass();
  return recorder.computePassEncoder;
}
