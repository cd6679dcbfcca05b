/** A thread of the pool: waits for jobs, works on their chunks. It runs no event loop, so kernels come by polling. */
import { receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { JobBoard, type KernelFunction } from './job-board.ts';

export type WorkerInput = { memory: WebAssembly.Memory; words: Int32Array; worker: number; port: MessagePort };
/** A kernel, compiled by the main thread. */
export type KernelMessage = { id: number; module: WebAssembly.Module };

const { memory, words, worker, port } = workerData as WorkerInput;
const board = new JobBoard(words);
const kernels = new Map<number, KernelFunction>();

function kernelById(id: number): KernelFunction | undefined {
  if (!kernels.has(id)) receiveKernels();
  return kernels.get(id);
}

function receiveKernels(): void {
  for (let received = receiveMessageOnPort(port); received !== undefined; received = receiveMessageOnPort(port)) {
    const { id, module } = received.message as KernelMessage;
    const { k } = new WebAssembly.Instance(module, { e: { m: memory } }).exports;
    kernels.set(id, k as KernelFunction);
  }
}

let seen: number | null = 0;
while (seen !== null) {
  board.work(worker, kernelById);
  seen = board.waitForJob(seen);
}
port.close();
