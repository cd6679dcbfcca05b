import type { DoctorSummary } from '../../src-main/contract/api.ts';
import type { EngineInfo } from '../../src-main/contract/records.ts';
import type { Failure } from '../../src-main/contract/rpc.ts';
import { bytesText } from './plain-numbers.ts';

const NAMES = { cuda: 'CUDA', webgpu: 'GPU', wasm: 'CPU', cpu: 'Slow reference' } satisfies Record<
  EngineInfo['name'],
  string
>;

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
  return [...reasons.map((reason) => reason[0]!.toUpperCase() + reason.slice(1)), `Engine: ${name}`];
}

/** What an engine can do here, by name. */
export function engineFacts({ threads, features }: EngineInfo): [string, string][] {
  const named = Object.entries(features).map(([name, value]): [string, string] => [
    FEATURE_NAMES[name] ?? name,
    featureText(name, value),
  ]);
  return [['Threads', String(threads)], ...named];
}

const FEATURE_NAMES: Readonly<Record<string, string>> = {
  simd: '128-bit vectors',
  relaxedSimd: 'Fused multiply and add',
  sharedMemory: 'Memory shared by threads',
  wide: '256-bit vectors',
  wideGain: 'What 256-bit vectors gain',
  memoryLimitBytes: 'Memory it may take',
};

function featureText(name: string, value: string | number | boolean): string {
  if (name === 'wide') return value === true ? 'used' : 'not used: not there, or not faster on this processor';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  if (name.endsWith('Bytes')) return bytesText(value);
  return name.endsWith('Gain') ? `${value.toFixed(2)} times the speed` : String(value);
}

/** What a self-test found. */
export function doctorFacts(summary: DoctorSummary): [string, string][] {
  const { cpu, clipsPerSecond, ffmpeg, ffprobe } = summary;
  return [
    ['Training', `${clipsPerSecond.training} clips a second (${clipsPerSecond.model})`],
    ['Prediction', `${clipsPerSecond.inference} clips a second (${clipsPerSecond.model})`],
    ['Processor', `${cpu.model}, ${cpu.cores} cores, ${cpu.memoryGiB} GiB`],
    ['System', `${summary.platform}, Node ${summary.node}`],
    ['ffmpeg', `${ffmpeg.version}, ${ffmpeg.path}`],
    ['ffprobe', `${ffprobe.version}, ${ffprobe.path}`],
  ];
}
