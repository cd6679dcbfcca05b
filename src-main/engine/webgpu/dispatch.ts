/**
 * Runs compute programs over tensors of the backend. TensorFlow.js stays the owner of all memory: tensors come from its
 * buffer manager and commands go into its pass.
 */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { AppError } from '../../contract/errors.ts';
import type { CheckedWebGpuBackend } from './checked-backend.ts';
import { BINDING_ALIGNMENT_BYTES } from './batch-parts.ts';
import { recordCopy, recordDispatch, submit, type BufferPart } from './command-recorder.ts';
import { MAX_BUFFERS, moduleText, uniformBytes, type ComputeProgram } from './compute-program.ts';
import { foldWorkgroups } from './workgroups.ts';

/**
 * A tensor, or `length` of its elements from `start`. Where the start is no multiple of 64 elements (256 bytes), a program
 * sees a copy.
 */
export type TensorPart = TensorInfo | Stretch;

type Stretch = { tensor: TensorInfo; start: number; length: number };

export type Dispatch = {
  /** In the order of `program.buffers`. */
  tensors: readonly TensorPart[];
  uniforms?: Readonly<Record<string, number>>;
  workgroups: number;
};

const programs = new Map<string, ComputeProgram>();

/**
 * The program that `build` makes, made once for a key, which must tell all that it depends on. A device compiles each
 * program object once.
 */
export function programFor(key: string, build: () => ComputeProgram): ComputeProgram {
  const known = programs.get(key);
  if (known !== undefined) return known;
  const program = build();
  programs.set(key, program);
  return program;
}

/**
 * A new tensor on the GPU, its values undefined.
 * @throws AppError `out-of-memory` when no buffer of this GPU is that long
 */
export function allocate(
  backend: CheckedWebGpuBackend,
  shape: readonly number[],
  dtype: 'float32' | 'int32' = 'float32',
): TensorInfo {
  const bytes = 4 * util.sizeFromShape([...shape]);
  const { maxBufferSize } = backend.device.limits;
  if (bytes > maxBufferSize) {
    const message = `webgpu: a tensor [${shape.join(',')}] takes ${bytes} bytes, and this GPU's buffers hold ${maxBufferSize}`;
    throw new AppError('out-of-memory', message, { hint: 'Lower batch, cropSize or clipFrames.' });
  }
  const tensor = backend.makeTensorInfo([...shape], dtype);
  if (bytes === 0) backend.tensorMap.get(tensor.dataId).values = new Float32Array(0);
  else backend.uploadToGPU(tensor.dataId);
  if (backend.settings.poison && bytes > 0) poison(backend, tensor);
  return tensor;
}

/** Runs a program; with no workgroups it does nothing. */
export function runProgram(backend: CheckedWebGpuBackend, program: ComputeProgram, dispatch: Dispatch): void {
  const { tensors, uniforms = {}, workgroups } = dispatch;
  if (workgroups === 0) return;
  const { device } = backend;
  const pipeline = pipelineOf(backend, program);
  const stages = tensors.map((part) => (mustBeStaged(part) ? stage(backend, part) : null));
  const seen = tensors.map((part, i) => stages[i] ?? part);
  const bindings = seen.map((part) => bindingOf(backend, part));
  const bytes = uniformBytes(program, workgroups, uniforms);
  const kept = backend.keptUniforms.bufferOf(program, bytes);
  const passing = kept === null ? passingUniforms(backend, bytes) : null;
  const resources = [...bindings, { buffer: (kept ?? passing) as GPUBuffer }];
  recordDispatch(backend, {
    pipeline,
    entries: resources.map((resource, binding) => ({ binding, resource })),
    workgroups: foldWorkgroups(workgroups, device.limits.maxComputeWorkgroupsPerDimension),
    dataIds: seen.map((part) => tensorOf(part).dataId),
    passing,
  });
  stages.forEach((staged, i) => {
    if (staged === null) return;
    if (program.buffers[i]!.access === 'read_write') copyBetween(backend, staged, tensors[i]!);
    backend.disposeData(staged.dataId);
  });
}

/** Of the pool, for one dispatch. */
function passingUniforms({ device, bufferManager }: CheckedWebGpuBackend, bytes: ArrayBuffer): GPUBuffer {
  const buffer = bufferManager.acquireBuffer(bytes.byteLength, GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM);
  device.queue.writeBuffer(buffer, 0, bytes);
  return buffer;
}

function mustBeStaged(part: TensorPart): boolean {
  return 'tensor' in part && (4 * part.start) % BINDING_ALIGNMENT_BYTES !== 0;
}

/** A tensor with the elements of a part; what a program writes to it has to be copied back. */
function stage(backend: CheckedWebGpuBackend, part: TensorPart): TensorInfo {
  const staged = allocate(backend, [lengthOf(part)]);
  copyBetween(backend, part, staged);
  return staged;
}

function copyBetween(backend: CheckedWebGpuBackend, from: TensorPart, to: TensorPart): void {
  const [source, target] = [from, to].map((part) => {
    const { buffer, offset = 0 } = bindingOf(backend, part);
    return { dataId: tensorOf(part).dataId, buffer, offset };
  }) as [BufferPart, BufferPart];
  recordCopy(backend, source, target, 4 * lengthOf(from));
}

function lengthOf(part: TensorPart): number {
  return 'tensor' in part ? part.length : util.sizeFromShape(part.shape);
}

/**
 * Compiles programs on other threads, all at once, so that using them does not wait.
 * @returns those that the driver refuses
 */
export async function compileAhead(
  { device, pipelines }: CheckedWebGpuBackend,
  wanted: readonly ComputeProgram[],
): Promise<Set<ComputeProgram>> {
  const refused = new Set<ComputeProgram>();
  const missing = [...new Set(wanted)].filter((program) => !pipelines.has(program));
  // A module that is wrong is an error of the device beside the pipeline's.
  device.pushErrorScope('validation');
  const compiled = missing.map((program) =>
    device.createComputePipelineAsync(pipelineDescriptor(device, program)).then(
      (pipeline) => void pipelines.set(program, pipeline),
      () => void refused.add(program),
    ),
  );
  await Promise.all([...compiled, device.popErrorScope()]);
  return refused;
}

function pipelineOf({ device, pipelines }: CheckedWebGpuBackend, program: ComputeProgram): GPUComputePipeline {
  const known = pipelines.get(program);
  if (known !== undefined) return known;
  const pipeline = device.createComputePipeline(pipelineDescriptor(device, program));
  pipelines.set(program, pipeline);
  return pipeline;
}

function pipelineDescriptor(device: GPUDevice, program: ComputeProgram): GPUComputePipelineDescriptor {
  const { label, buffers } = program;
  if (buffers.length > MAX_BUFFERS)
    throw new Error(`${label}: ${buffers.length} buffers, a shader sees at most ${MAX_BUFFERS}`);
  const module = device.createShaderModule({ label, code: moduleText(program) });
  return { label, layout: 'auto', compute: { module, entryPoint: 'main' } };
}

function bindingOf(backend: CheckedWebGpuBackend, part: TensorPart): GPUBufferBinding {
  const { dataId } = tensorOf(part);
  backend.uploadToGPU(dataId);
  const buffer = backend.tensorMap.get(dataId).resource as GPUBuffer;
  return 'tensor' in part ? { buffer, offset: 4 * part.start, size: 4 * part.length } : { buffer };
}

function tensorOf(part: TensorPart): TensorInfo {
  return 'tensor' in part ? part.tensor : part;
}

/** Why submit first: a queue write comes before all commands that are only recorded, and buffers are used again. */
function poison(backend: CheckedWebGpuBackend, tensor: TensorInfo): void {
  submit(backend);
  const buffer = backend.tensorMap.get(tensor.dataId).resource as GPUBuffer;
  backend.device.queue.writeBuffer(buffer, 0, new Float32Array(buffer.size / 4).fill(NaN));
}
