import { AppError } from '../../contract/errors.ts';

/** Drivers that draw on the CPU, by the words in their names. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|software/i;

/**
 * The fastest adapter. A software one (SwiftShader, llvmpipe) is much slower than the wasm engine and serves tests only.
 * @throws AppError `engine-unavailable` when there is none, or only a software one that is not allowed
 */
export async function findAdapter(gpu: GPU, allowSoftware: boolean): Promise<GPUAdapter> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw unavailable('webgpu: no GPU with a driver that Dawn can use');
  if (isSoftware(adapter.info) && !allowSoftware)
    throw unavailable(`webgpu: only a software adapter, ${describeAdapter(adapter.info)}, slower than the CPU engine`);
  return adapter;
}

export function isSoftware(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || SOFTWARE.test(`${info.architecture} ${info.device} ${info.description}`);
}

/** A line for people: "NVIDIA H100 (nvidia hopper)". */
export function describeAdapter({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  const family = [vendor, architecture].filter(Boolean).join(' ');
  return device || description ? `${device || description} (${family || 'unknown vendor'})` : family || 'unnamed GPU';
}

function unavailable(message: string): AppError {
  return new AppError('engine-unavailable', message, {
    hint: 'Install the driver of your GPU, or use the engine "wasm".',
  });
}
