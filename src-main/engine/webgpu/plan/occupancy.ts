import type { Tile } from '../gemm/tile.ts';
import type { GpuModel } from './gpu-model.ts';

/** What one workgroup of a kernel takes. */
export type KernelCost = { threads: number; workgroupBytes: number; registersPerThread: number };

/** Beside sums and operands: addresses, loop counters, decoded places. An estimate; compilers do not tell through WebGPU. */
const OTHER_REGISTERS = 40;
const MOST_REGISTERS = 255;
const MOST_WORKGROUPS = 32;

/** Registers of an invocation: the sums, what it carries from the tensors to workgroup memory, and the rest. */
export function registersPerThread({ rows, columns, depth }: Tile, threads: number): number {
  const sums = (rows * columns) / threads;
  const carried = ((rows + columns) * depth) / threads;
  return Math.min(MOST_REGISTERS, Math.ceil(sums + carried + OTHER_REGISTERS));
}

/** Workgroups that live on one multiprocessor at once. */
export function residentWorkgroups({ threads, workgroupBytes, registersPerThread: each }: KernelCost, gpu: GpuModel) {
  const limits = [gpu.threads / threads, gpu.sharedBytes / workgroupBytes, gpu.registers / (threads * each)];
  return Math.max(1, Math.min(MOST_WORKGROUPS, ...limits.map(Math.floor)));
}
