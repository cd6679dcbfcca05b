/**
 * Runs in a process of its own: Dawn's null device has every feature and computes nothing, so its compiler checks the
 * kernels with matrix intrinsics where no GPU has them. Prints complaints by program; shaders.test.ts says what is right.
 */
import { create, globals } from 'webgpu';
import { moduleText } from '../../../src-main/engine/webgpu/compute-program.ts';
import { INTRINSIC_PROGRAMS, PLAIN_PROGRAMS } from './representative-programs.ts';

Object.assign(globalThis, globals);
const gpu = create(['backend=null', 'enable-dawn-features=allow_unsafe_apis']);
const adapter = (await gpu.requestAdapter())!;
const wanted = ['shader-f16', 'subgroups', 'chromium-experimental-subgroup-matrix', 'subgroup-size-control'];
const requiredLimits = { maxComputeWorkgroupStorageSize: adapter.limits.maxComputeWorkgroupStorageSize };
const device = await adapter.requestDevice({ requiredFeatures: wanted as GPUFeatureName[], requiredLimits });

const complaints: Record<string, string[]> = {};
for (const program of [...INTRINSIC_PROGRAMS, ...PLAIN_PROGRAMS]) {
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ code: moduleText(program) });
  const { messages } = await module.getCompilationInfo();
  device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } });
  const error = await device.popErrorScope();
  const found = [...messages.map(({ message }) => message), ...(error === null ? [] : [error.message])];
  complaints[program.label] = found.map((message) => message.slice(0, 400));
}
process.stdout.write(JSON.stringify(complaints));
// Why: Dawn's objects must live until the process ends, and this one has nothing left to do.
process.exit(gpu === undefined ? 1 : 0);
