import { AppError } from '../../contract/errors.ts';

/**
 * Why: Dawn crashes at random when the object from `create()` is garbage-collected while its devices live, so every
 * instance stays here until the process ends.
 */
const alive: GPU[] = [];

/**
 * `vulkan_enable_f16_on_nvidia`: Dawn hides f16 there unless asked. `disable_workgroup_init`: every kernel, ours and
 * TensorFlow.js's, writes workgroup memory before it reads it, and clearing it first makes SwiftShader five times slower
 * to compile. `disable_robustness`: the shaders are ours and TensorFlow.js's and test their own borders; Dawn's clamps
 * cost a third of the speed (docs/decisions/0016). `timestamp_quantization` would round what the measuring pack times.
 */
const DAWN_FLAGS = [
  'enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia,disable_workgroup_init,disable_robustness',
  'disable-dawn-features=timestamp_quantization',
];

/**
 * The WebGPU of this process, by Dawn; made at the first call. Also puts it where TensorFlow.js looks for a browser's:
 * `navigator.gpu` and the global `GPU…` constants.
 * @throws AppError `engine-unavailable` where there is no Dawn for this system or no Vulkan loader
 */
export async function openGpu(): Promise<GPU> {
  const existing = alive[0];
  if (existing) return existing;
  requireVulkanLoader();
  const { create, globals } = await importDawn();
  const gpu = create(DAWN_FLAGS);
  alive.push(gpu);
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  return gpu;
}

async function importDawn() {
  try {
    return await import('webgpu');
  } catch (cause) {
    const message = `webgpu: Dawn has no library that loads on ${process.platform} ${process.arch}`;
    throw new AppError('engine-unavailable', message, { hint: 'Use the engine "wasm".', cause });
  }
}

/**
 * Dawn on Linux needs libvulkan.so.1, which comes with graphics drivers. Why ask first: without it Dawn writes warnings
 * to standard error at every start. A library that loads but is no Node addon throws as well, with another message.
 */
function requireVulkanLoader(): void {
  if (process.platform !== 'linux') return;
  try {
    process.dlopen({ exports: {} }, 'libvulkan.so.1');
  } catch (error) {
    if (!/cannot open shared object/.test(String(error))) return;
    const hint = 'Install the graphics driver, or the Vulkan loader (Debian: libvulkan1), or use the engine "wasm".';
    throw new AppError('engine-unavailable', 'webgpu: no Vulkan on this machine (libvulkan.so.1 not found)', { hint });
  }
}
