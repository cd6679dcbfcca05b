/**
 * The engine `webgpu`: Dawn inside Node under TensorFlow.js's stock WebGPU kernels, with the repairs beside this file.
 */
import '../gradients.ts';
import { findBackendFactory, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { AppError } from '../../contract/errors.ts';
import type { OpenedBackend } from '../opened-backend.ts';
import { describeAdapter, findAdapter, isSoftware } from './adapter.ts';
import { openGpu } from './instance.ts';
import { SUBGROUP_MATRIX, SUBGROUP_SIZE_CONTROL } from './matrix-units.ts';
import { productsOf, type ProductOptions, type Products } from './products.ts';
import { registerKernels } from './register.ts';
import type { WebGpuSettings } from './settings.ts';
import type { Tuning } from './tuning/tuning-settings.ts';

const NAME = 'webgpu';

/** What TensorFlow.js asks of a device, taken as large as the adapter has it. */
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** What our kernels use where the adapter has it. */
const FEATURES = ['shader-f16', 'subgroups', SUBGROUP_MATRIX, SUBGROUP_SIZE_CONTROL];

/**
 * `precision` absent: float32. `tuning` absent or null: static choices of tiles. `kernels`: `stock` leaves those of
 * TensorFlow.js in place, to compare with.
 */
export type WebGpuEngineOptions = {
  allowSoftware: boolean;
  tuning?: Tuning | null;
  kernels?: 'ours' | 'stock';
} & Partial<WebGpuSettings & Omit<ProductOptions, 'tileCache'>>;

/**
 * Opens the GPU and makes it the backend of TensorFlow.js.
 * @throws AppError `engine-unavailable` with the reason
 */
export async function openWebGpuBackend(options: WebGpuEngineOptions): Promise<OpenedBackend> {
  const adapter = await findAdapter(await openGpu(), options.allowSoftware);
  const device = await requestDevice(adapter);
  // Why: the module registers its kernels only where it finds `navigator.gpu`, which `openGpu` has put there.
  const { CheckedWebGpuBackend } = await import('./checked-backend.ts');
  const { repairRank5Broadcast } = await import('./rank5-broadcast.ts');
  // TensorFlow.js registers its own at the first import, with a device of its own.
  if (findBackendFactory(NAME) !== null) removeBackend(NAME);
  const settings = settingsOf(device, options);
  const products = productsOf(adapter, device.limits, {
    precision: 'float32',
    ...options,
    ...tuningOptions(adapter, options.tuning),
  });
  registerBackend(NAME, () => new CheckedWebGpuBackend(device, adapter.info, { settings, products }));
  repairRank5Broadcast(NAME);
  const unregisterKernels = options.kernels === 'stock' ? () => undefined : registerKernels(NAME);
  await setBackend(NAME);
  return {
    name: NAME,
    device: describeAdapter(adapter.info),
    threads: 1,
    features: featuresOf(adapter, device, products),
    close: async () => {
      unregisterKernels();
      removeBackend(NAME);
      device.destroy();
      await device.lost;
    },
  };
}

type TuningOptions = Pick<ProductOptions, 'tileCache' | 'leastTunedOperations'>;

function tuningOptions({ info }: GPUAdapter, tuning?: Tuning | null): TuningOptions {
  if (!tuning || (isSoftware(info) && !tuning.always)) return {};
  return { tileCache: tuning.cacheFile, ...(tuning.always && { leastTunedOperations: 0 }) };
}

function settingsOf(device: GPUDevice, options: WebGpuEngineOptions): WebGpuSettings {
  const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
  const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  return { poison: options.poison ?? false, maxBindingBytes: Math.min(options.maxBindingBytes ?? limit, limit) };
}

async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits = Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]]));
  const requiredFeatures = FEATURES.filter((feature) => adapter.features.has(feature)) as GPUFeatureName[];
  try {
    return await adapter.requestDevice({ requiredLimits, requiredFeatures });
  } catch (cause) {
    const message = `webgpu: ${describeAdapter(adapter.info)} gave no device: ${String(cause)}`;
    const hint = 'Update the graphics driver, or use the engine "wasm".';
    throw new AppError('engine-unavailable', message, { hint, cause });
  }
}

function featuresOf(adapter: GPUAdapter, device: GPUDevice, products: Products): OpenedBackend['features'] {
  return {
    software: isSoftware(adapter.info),
    float16: adapter.features.has('shader-f16'),
    maxTensorBytes: Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize),
    precision: products.precision,
    products: products.name,
    tiles: products.tunes ? `tuned, choices so far: ${products.tuned}` : 'static choice',
  };
}
