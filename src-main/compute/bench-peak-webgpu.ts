/**
 * What a GPU could reach at best through WebGPU: the rate of f32 multiply-adds on values in registers, and of copying
 * memory. Products of half precision on matrix units can pass the first.
 */
import { backend as currentBackend } from '@tensorflow/tfjs-core';
import type { PeakRates } from '../contract/bench.ts';
import type { CheckedWebGpuBackend } from '../engine/webgpu/checked-backend.ts';
import type { ComputeProgram } from '../engine/webgpu/compute-program.ts';
import { submit } from '../engine/webgpu/command-recorder.ts';
import { allocate, programFor, runProgram, type Dispatch } from '../engine/webgpu/dispatch.ts';
import { rounded } from './bench-rounds.ts';

const ROUNDS = 5;
const INVOCATIONS = 256;
const LANES = 4;
/** Independent sums of an invocation: enough to hide the time of a multiply-add. */
const SUMS = 8;
const COPY_PASSES = 10;

/** How much work is measured; small where a CPU imitates the GPU. */
type Amount = { workgroups: number; steps: number; copyBytes: number };
const HARDWARE: Amount = { workgroups: 4096, steps: 4096, copyBytes: 2 ** 28 };
const SOFTWARE: Amount = { workgroups: 4, steps: 64, copyBytes: 2 ** 20 };

/** Of the current backend, which is the engine `webgpu`. */
export async function measureWebGpuPeak(software: boolean): Promise<PeakRates> {
  const gpu = currentBackend() as CheckedWebGpuBackend;
  const amount = software ? SOFTWARE : HARDWARE;
  return {
    gflops: rounded(await multiplyAddRate(gpu, amount), 1),
    gigabytesPerSecond: rounded(await copyRate(gpu, amount), 1),
  };
}

/** GFLOP/s. */
async function multiplyAddRate(gpu: CheckedWebGpuBackend, { workgroups, steps }: Amount): Promise<number> {
  const sums = allocate(gpu, [workgroups * INVOCATIONS * LANES]);
  const program = programFor('peak multiply-adds', multiplyAdds);
  const operations = workgroups * INVOCATIONS * SUMS * LANES * 2 * steps;
  const ms = await leastMs(gpu, program, { tensors: [sums], uniforms: { steps, factor: 0.5 }, workgroups });
  gpu.disposeData(sums.dataId);
  return operations / ms / 1e6;
}

/** GB/s, read and written. */
async function copyRate(gpu: CheckedWebGpuBackend, { copyBytes }: Amount): Promise<number> {
  const [from, to] = [allocate(gpu, [copyBytes / 4]), allocate(gpu, [copyBytes / 4])];
  const workgroups = copyBytes / (4 * LANES * INVOCATIONS);
  const program = programFor('peak copy', copy);
  const ms = await leastMs(gpu, program, { tensors: [from, to], workgroups }, COPY_PASSES);
  for (const { dataId } of [from, to]) gpu.disposeData(dataId);
  return (2 * copyBytes * COPY_PASSES) / ms / 1e6;
}

/** Of {@link ROUNDS} times `passes` dispatches, after one that compiles. */
async function leastMs(
  gpu: CheckedWebGpuBackend,
  program: ComputeProgram,
  dispatch: Dispatch,
  passes = 1,
): Promise<number> {
  const run = async (times: number) => {
    for (let i = 0; i < times; i++) runProgram(gpu, program, dispatch);
    submit(gpu);
    await gpu.device.queue.onSubmittedWorkDone();
  };
  await run(1);
  const ms: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startMs = performance.now();
    await run(passes);
    ms.push(performance.now() - startMs);
  }
  return Math.min(...ms);
}

function multiplyAdds(): ComputeProgram {
  const sums = Array.from({ length: SUMS }, (_, i) => `sum${i}`);
  return {
    label: 'peak multiply-adds',
    buffers: [{ name: 'result', element: 'vec4<f32>', access: 'read_write' }],
    uniforms: { steps: 'u32', factor: 'f32' },
    workgroupSize: INVOCATIONS,
    body: `fn run(group: u32, local: u32) {
  let factor = vec4<f32>(uniforms.factor);
  let term = vec4<f32>(f32(local));
${sums.map((sum, i) => `  var ${sum} = term + ${i}.0;`).join('\n')}
  for (var step = 0u; step < uniforms.steps; step++) {
${sums.map((sum) => `    ${sum} = fma(${sum}, factor, term);`).join('\n')}
  }
  result[group * ${INVOCATIONS}u + local] = ${sums.join(' + ')};
}`,
  };
}

function copy(): ComputeProgram {
  return {
    label: 'peak copy',
    buffers: [
      { name: 'source', element: 'vec4<f32>', access: 'read' },
      { name: 'result', element: 'vec4<f32>', access: 'read_write' },
    ],
    uniforms: {},
    workgroupSize: INVOCATIONS,
    body: `fn run(group: u32, local: u32) {
  let i = group * ${INVOCATIONS}u + local;
  result[i] = source[i];
}`,
  };
}
