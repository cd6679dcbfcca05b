import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { AppError } from '../../contract/errors.ts';
import type { ComputeProgram } from './compute-program.ts';
import { KeptUniforms } from './kept-uniforms.ts';
import { LastHalfCopy } from './last-half-copy.ts';
import type { Products } from './products.ts';
import type { WebGpuSettings } from './settings.ts';

/**
 * TensorFlow.js's WebGPU backend, made to fail where it would go on: WebGPU reports broken shaders and exhausted memory
 * to error scopes, not to the caller, and the values read afterwards are zeros. Every read here first asks the scopes.
 */
export class CheckedWebGpuBackend extends WebGPUBackend {
  readonly settings: WebGpuSettings;
  readonly products: Products;
  /** Compiled programs of ours; those of TensorFlow.js are in its own cache. */
  readonly pipelines = new WeakMap<ComputeProgram, GPUComputePipeline>();

  readonly keptUniforms: KeptUniforms;
  /** Of an activation that a product reads in f16. */
  readonly lastHalfCopy = new LastHalfCopy();

  readonly #lost: Promise<never>;

  constructor(device: GPUDevice, info: GPUAdapterInfo, parts: { settings: WebGpuSettings; products: Products }) {
    super(device, info);
    this.settings = parts.settings;
    this.products = parts.products;
    this.keptUniforms = new KeptUniforms(device);
    this.#lost = device.lost.then((info) => Promise.reject(deviceLost(info)));
    // Whoever reads next is told.
    this.#lost.catch(() => undefined);
    this.#watch();
  }

  /**
   * @throws AppError `out-of-memory` or `bug` when any command since the last read failed, `device-lost` when the GPU or
   *   its driver gave up: every tensor on it is gone
   */
  override async read(dataId: object): Promise<Float32Array | Int32Array | Uint8Array> {
    try {
      return await Promise.race([this.#lost, this.#checkedRead(dataId)]);
    } catch (error) {
      // Why: what is under way on a device fails a moment before the device says that it is lost.
      await Promise.race([this.#lost, new Promise((resolve) => setTimeout(resolve, LOSS_NOTICE_MS))]);
      throw error;
    }
  }

  async #checkedRead(dataId: object): Promise<Float32Array | Int32Array | Uint8Array> {
    const values = await super.read(dataId);
    const [validation, memory] = [this.device.popErrorScope(), this.device.popErrorScope()];
    this.#watch();
    throwIfFailed(await memory, await validation);
    return values as Float32Array;
  }

  /** Dawn under Node has no synchronous read; values that never left the CPU are the exception. */
  override readSync(dataId: object): Float32Array | Int32Array | Uint8Array {
    if (this.tensorMap.get(dataId)?.values) return super.readSync(dataId) as Float32Array;
    throw new AppError('bug', 'webgpu: a tensor was read with dataSync(); only data() works on this engine');
  }

  /**
   * Why not TensorFlow.js's way: it makes, maps and destroys a buffer for every upload, a scalar's too, and ends the pass;
   * a write of the queue does neither. What buffers of the pool were used for has been submitted, so it comes behind that.
   */
  override uploadToGPU(dataId: object): void {
    const data = this.tensorMap.get(dataId);
    const { values, resource, dtype } = data;
    if (resource || !values || values.length === 0 || dtype === 'string') return super.uploadToGPU(dataId);
    const Scalars = dtype === 'float32' ? Float32Array : Int32Array;
    const scalars = values instanceof Scalars ? values : new Scalars(values as Uint8Array);
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = this.bufferManager.acquireBuffer(scalars.byteLength, usage);
    this.queue.writeBuffer(buffer, 0, scalars);
    Object.assign(data, { values: null, resource: buffer });
  }

  /** As in TensorFlow.js; a copy in halves goes with its tensor. */
  override disposeData(dataId: object, force = false): boolean {
    const isGone = super.disposeData(dataId, force);
    if (isGone && this.lastHalfCopy.find(dataId)) this.disposeData(this.lastHalfCopy.take()!.dataId);
    return isGone;
  }

  #watch(): void {
    this.device.pushErrorScope('out-of-memory');
    this.device.pushErrorScope('validation');
  }
}

const LOSS_NOTICE_MS = 50;

function deviceLost({ reason, message }: GPUDeviceLostInfo): AppError {
  const hint = 'Go on with --resume from the last checkpoint. If it happens again, update the graphics driver.';
  return new AppError('device-lost', `webgpu: the GPU was lost (${reason}: ${message.split('\n')[0]})`, { hint });
}

function throwIfFailed(memory: GPUError | null, validation: GPUError | null): void {
  if (memory) {
    const hint = 'Lower batch, cropSize or clipFrames, or close other programs that use the GPU.';
    throw new AppError('out-of-memory', `webgpu: the GPU has no memory left (${memory.message})`, { hint });
  }
  if (validation) throw new AppError('bug', `webgpu: ${validation.message.split('\n')[0]}`);
}
