import type { EngineInfo } from '../../src-main/contract/records.ts';
import type { Failure } from '../../src-main/contract/rpc.ts';

const NAMES = { webgpu: 'GPU', wasm: 'CPU', cpu: 'Slow reference' } satisfies Record<EngineInfo['name'], string>;

/** The engine in two words, for the header. */
export function engineTitle(device: EngineInfo | Failure | null): string {
  if (device === null) return 'Looking for the device';
  if ('code' in device) return 'No engine';
  const threads = device.threads > 1 ? `, ${device.threads} threads` : '';
  return NAMES[device.name] + threads;
}

/** Why the engine computes, one reason a line; a fallback names what did not work. */
export function engineReasons({ why, name }: EngineInfo): string[] {
  const reasons = why.split('; ').map((reason) => reason.replace(/^FALLBACK, /, 'Slower than hoped for: '));
  return [...reasons, `Engine: ${name}`];
}
