/** Where the time of a training step goes on the GPU: milliseconds by program, from timestamps around every dispatch. */
import { trainingWork } from '../../src-main/compute/speed.ts';
import { openGpu } from '../../src-main/engine/webgpu/instance.ts';
import { openEngine } from '../../src-main/engine/select.ts';
import { tuneCurrentEngine } from '../../src-main/engine/webgpu/tuning/tune-current.ts';
import type { Measurement } from './measurement.ts';

const WARMUP = 3;
const STEPS = 3;
/** Timestamps of a query set, two for a dispatch: WebGPU's limit. */
const MOST_QUERIES = 4096;

type BeginPass = GPUCommandEncoder['beginComputePass'];
type Timed = { name: string; set: number; index: number };

/** By program, the longest first; milliseconds and dispatches of one step. */
export type GpuProfile = {
  what: 'profile';
  model: string;
  batch: number;
  precision: string;
  /** By the clock: the first step, which compiles, then the tuning of its products. */
  firstStepMs: number;
  tuningMs: number;
  /** Of a later step: by the clock, the quickest without timestamps, and the sum of its programs. */
  stepMs: number;
  gpuMs: number;
  programs: { name: string; ms: number; dispatches: number }[];
  /** Calls of WebGPU in a step and the time they take on the thread that calls, the longest first. */
  calls: { name: string; ms: number; count: number }[];
};

/** Records every dispatch of the process in a compute pass of its own, between two timestamps, while `isOn`. */
class DispatchTimer {
  isOn = false;
  readonly #timed: Timed[] = [];
  readonly #sets: GPUQuerySet[] = [];
  #device: GPUDevice | null = null;

  /** Call before a device is asked for. */
  install(): void {
    const take = (device: GPUDevice) => (this.#device = device);
    const passOf = (encoder: GPUCommandEncoder, begin: BeginPass) => (this.isOn ? this.#passOf(encoder, begin) : null);
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const features = [...(descriptor?.requiredFeatures ?? []), 'timestamp-query'] as GPUFeatureName[];
      return take(await requestDevice.call(this, { ...descriptor, requiredFeatures: features }));
    };
    const { beginComputePass } = GPUCommandEncoder.prototype;
    GPUCommandEncoder.prototype.beginComputePass = function (descriptor) {
      return passOf(this, beginComputePass) ?? beginComputePass.call(this, descriptor);
    };
  }

  #passOf(encoder: GPUCommandEncoder, begin: BeginPass): GPUComputePassEncoder {
    let pipeline: GPUComputePipeline | null = null;
    const groups: [number, GPUBindGroup][] = [];
    return {
      setPipeline: (one: GPUComputePipeline) => (pipeline = one),
      setBindGroup: (index: number, group: GPUBindGroup) => groups.push([index, group]),
      dispatchWorkgroups: (...counts: [number, number, number]) => {
        const pass = begin.call(encoder, { timestampWrites: this.#next(pipeline!.label) });
        pass.setPipeline(pipeline!);
        for (const [index, group] of groups) pass.setBindGroup(index, group);
        pass.dispatchWorkgroups(...counts);
        pass.end();
      },
      end: () => undefined,
    } as unknown as GPUComputePassEncoder;
  }

  #next(name: string): GPUComputePassTimestampWrites {
    const last = this.#timed.at(-1);
    let [set, index] = last === undefined ? [0, 0] : [last.set, last.index + 2];
    if (index >= MOST_QUERIES) [set, index] = [set + 1, 0];
    const querySet = (this.#sets[set] ??= this.#device!.createQuerySet({ type: 'timestamp', count: MOST_QUERIES }));
    this.#timed.push({ name, set, index });
    return { querySet, beginningOfPassWriteIndex: index, endOfPassWriteIndex: index + 1 };
  }

  /** Milliseconds of all dispatches so far, in their order. */
  async times(): Promise<{ name: string; ms: number }[]> {
    const stamps = await Promise.all(this.#sets.map((set) => readStamps(this.#device!, set)));
    return this.#timed.map(({ name, set, index }) => {
      const [begin, end] = [stamps[set]![index]!, stamps[set]![index + 1]!];
      return { name, ms: Number(end - begin) / 1e6 };
    });
  }
}

async function readStamps(device: GPUDevice, set: GPUQuerySet): Promise<BigUint64Array> {
  const size = 8 * set.count;
  const resolved = device.createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const read = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.resolveQuerySet(set, 0, set.count, resolved, 0);
  encoder.copyBufferToBuffer(resolved, 0, read, 0, size);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(GPUMapMode.READ);
  return new BigUint64Array(read.getMappedRange().slice(0));
}

/** Steps of the product's own loop, tuned and warm: first by the clock, then with calls counted, then with timestamps. */
export async function profileStep(task: Extract<Measurement, { kind: 'profile' }>): Promise<GpuProfile> {
  const { model, batch, precision, set } = task;
  const timer = new DispatchTimer();
  await openGpu();
  timer.install();
  const engine = await openEngine({ engine: 'webgpu', precision });
  const work = trainingWork({ model, batch, set: [...set, `precision=${precision}`] });
  const firstStepMs = await msOf(work.repeat);
  const tuningMs = await msOf(() => tuneCurrentEngine({}));
  for (let i = 0; i < WARMUP; i++) await work.repeat();
  let stepMs = Infinity;
  for (let i = 0; i < STEPS; i++) stepMs = Math.min(stepMs, await msOf(work.repeat));
  const calls = new CallTimer();
  await calls.during(work.repeat);
  timer.isOn = true;
  for (let i = 0; i < STEPS; i++) await work.repeat();
  timer.isOn = false;
  const times = await timer.times();
  work.dispose();
  await engine.close();
  const programs = byProgram(times);
  const gpuMs = programs.reduce((sum, { ms }) => sum + ms, 0);
  const head = { what: 'profile', model, batch, precision, firstStepMs, tuningMs, stepMs, gpuMs } as const;
  return { ...head, programs, calls: calls.list() };
}

function byProgram(times: readonly { name: string; ms: number }[]): GpuProfile['programs'] {
  const programs = [...Map.groupBy(times, ({ name }) => name)].map(([name, all]) => ({
    name,
    ms: all.reduce((sum, { ms }) => sum + ms, 0) / STEPS,
    dispatches: all.length / STEPS,
  }));
  return programs.sort((a, b) => b.ms - a.ms);
}

/** Calls of WebGPU and the time they take on the thread that calls. */
class CallTimer {
  readonly #calls = new Map<string, { count: number; ms: number }>();

  async during(work: () => Promise<unknown>): Promise<void> {
    const restore = [
      GPUDevice,
      GPUQueue,
      GPUBuffer,
      GPUCommandEncoder,
      GPUComputePassEncoder,
      GPUComputePipeline,
    ].flatMap(({ name, prototype }) => this.#watch(name, prototype as unknown as Record<string, unknown>));
    await work();
    for (const undo of restore) undo();
  }

  #watch(owner: string, prototype: Record<string, unknown>): (() => void)[] {
    const methods = Object.getOwnPropertyNames(prototype).filter((name) => {
      const { value } = Object.getOwnPropertyDescriptor(prototype, name) ?? {};
      return typeof value === 'function' && name !== 'constructor';
    });
    return methods.map((name) => {
      const call = prototype[name] as (...args: unknown[]) => unknown;
      const total = { count: 0, ms: 0 };
      this.#calls.set(`${owner}.${name}`, total);
      prototype[name] = function (...args: unknown[]) {
        const startMs = performance.now();
        const result = call.apply(this, args);
        total.ms += performance.now() - startMs;
        total.count++;
        return result;
      };
      return () => (prototype[name] = call);
    });
  }

  list(): GpuProfile['calls'] {
    const used = [...this.#calls].filter(([, { count }]) => count > 0);
    return used.map(([name, total]) => ({ name, ...total })).sort((a, b) => b.ms - a.ms);
  }
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
