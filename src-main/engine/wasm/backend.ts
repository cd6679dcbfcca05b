import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { util, type BackendValues, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Runtime } from './runtime.ts';

type HeapArray = Float32Array | Int32Array;

/** A tensor in the heap: what TensorFlow.js knows of it, and where it is. */
export type HeapTensor = { info: TensorInfo; address: number };

/**
 * TensorFlow.js backend whose tensors live in the engine's heap as soon as a kernel of ours touches or makes them. All
 * kernels of the stock cpu backend work on the same tensors, since a heap tensor is a typed array over shared memory.
 */
export class WasmBackend extends MathBackendCPU {
  readonly runtime: Runtime;
  /** Blocks this backend allocated, by the array over them. Identity of the memory would not do: stock kernels make views. */
  readonly #blocks = new WeakMap<object, { address: number; bytes: number }>();

  constructor(runtime: Runtime) {
    super();
    this.runtime = runtime;
  }

  /** Address of a tensor's values; moves them into the heap at the first call. */
  addressOf({ dataId, dtype }: TensorInfo): number {
    const entry = this.data.get(dataId);
    const values = entry.values as HeapArray;
    const block = this.#blocks.get(values);
    if (block !== undefined) return block.address;
    const array = this.#allocate(values.length, dtype);
    array.set(values);
    entry.values = array;
    return array.byteOffset;
  }

  /** A new tensor in the heap, its values undefined. */
  output(shape: readonly number[], dtype: 'float32' | 'int32' = 'float32'): HeapTensor {
    const array = this.#allocate(util.sizeFromShape([...shape]), dtype);
    return { info: this.makeTensorInfo([...shape], dtype, array), address: array.byteOffset };
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    return super.write(this.#detached(values), shape, dtype);
  }

  override move(...[dataId, values, ...rest]: Parameters<MathBackendCPU['move']>): void {
    super.move(dataId, this.#detached(values), ...rest);
  }

  override disposeData(dataId: object, force = false): boolean {
    const values = this.data.has(dataId) ? (this.data.get(dataId).values as object | undefined) : undefined;
    const isGone = super.disposeData(dataId, force);
    const block = isGone && values !== undefined ? this.#blocks.get(values) : undefined;
    if (block !== undefined) {
      this.runtime.heap.release(block.address, block.bytes);
      this.#blocks.delete(values!);
    }
    return isGone;
  }

  /** A copy: the memory of a tensor is used again after its end. */
  override readSync(dataId: object): BackendValues {
    const values = super.readSync(dataId);
    return this.#isInHeap(values) ? values.slice() : values;
  }

  override async read(dataId: object): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  #allocate(length: number, dtype: DataType): HeapArray {
    const bytes = length * 4;
    const { heap } = this.runtime;
    const address = heap.allocate(bytes);
    const make = dtype === 'float32' ? Float32Array : Int32Array;
    const array = new make(heap.memory.buffer, address, length);
    this.#blocks.set(array, { address, bytes });
    return array;
  }

  /** Values that outlive the tensors they come from: stock kernels such as Slice pass views of their input on. */
  #detached(values: BackendValues): BackendValues {
    return this.#isInHeap(values) && !this.#blocks.has(values) ? values.slice() : values;
  }

  #isInHeap(values: BackendValues): values is HeapArray {
    return ArrayBuffer.isView(values) && this.runtime.heap.contains(values);
  }
}
