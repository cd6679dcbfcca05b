/**
 * Which backend computes: the first that opens and passes the numerical self-test, GPU before CPU, or the one that was
 * asked for by name. It says which and why; a slower engine than hoped for is never taken in silence.
 */
import { AppError } from '../contract/errors.ts';
import type { EngineInfo } from '../contract/records.ts';
import type { OpenedBackend } from './opened-backend.ts';
import { describeProcessor } from './processor.ts';
import { openReferenceBackend } from './reference.ts';
import { selfTest } from './self-test.ts';
import { openWasmBackend, type WasmEngineOptions } from './wasm/register.ts';
import { openWebGpuBackend } from './webgpu/open.ts';
import type { Precision } from './webgpu/settings.ts';

/** Beside the choice, the settings of `wasm` (`threads` absent or 0 means all cores) and of `webgpu`. */
export type EngineOptions = Partial<Pick<WasmEngineOptions, 'threads' | 'wide' | 'memoryLimitBytes'>> & {
  precision?: Precision;
  /** `cpu` is the slow reference of the tests and never chosen by `auto`. */
  engine?: 'auto' | EngineInfo['name'];
};

export type Engine = {
  info: EngineInfo;
  /** Gives back threads, memory and the device; tensors on the engine are lost. */
  close(): Promise<void>;
};

export type Openers = Record<EngineInfo['name'], (byName: boolean) => Promise<OpenedBackend>>;

const AUTO_ORDER = ['webgpu', 'wasm'] as const;

/**
 * Opens an engine and makes it the current backend of TensorFlow.js.
 * @throws AppError `engine-unavailable` with the reason
 */
export async function openEngine({ engine = 'auto', precision, ...options }: EngineOptions = {}): Promise<Engine> {
  return selectEngine(engine, {
    webgpu: (byName) => openWebGpuBackend({ allowSoftware: byName, ...(precision && { precision }) }),
    wasm: () => openWasm({ threads: 0, ...options }),
    cpu: openReferenceBackend,
  });
}

/** The choice of {@link openEngine} over any openers. */
export async function selectEngine(wanted: 'auto' | EngineInfo['name'], openers: Openers): Promise<Engine> {
  if (wanted !== 'auto') return describe(await openAndTest(openers[wanted], true), 'asked for by name');
  const reasons: string[] = [];
  for (const name of AUTO_ORDER) {
    try {
      const backend = await openAndTest(openers[name], false);
      return describe(backend, reasons.length === 0 ? 'fastest engine' : `FALLBACK, ${reasons.join('; ')}`);
    } catch (error) {
      reasons.push(reasonOf(name, error));
    }
  }
  throw new AppError('engine-unavailable', `No engine works on this machine: ${reasons.join('; ')}`, {
    hint: 'Run "apexscope doctor" and report its output.',
  });
}

async function openWasm(options: WasmEngineOptions): Promise<OpenedBackend> {
  const { threads, features, close } = await openWasmBackend(options);
  return { name: 'wasm', device: describeProcessor(), threads, features, close };
}

async function openAndTest(open: Openers['cpu'], byName: boolean): Promise<OpenedBackend> {
  const backend = await open(byName);
  try {
    const failures = await selfTest();
    if (failures.length === 0) return backend;
    const message = `${backend.name}: wrong results on ${backend.device}: ${failures.join('; ')}`;
    throw new AppError('engine-unavailable', message, { hint: 'Choose another engine, and report this.' });
  } catch (error) {
    await backend.close();
    throw error;
  }
}

function describe({ close, ...backend }: OpenedBackend, reason: string): Engine {
  return { info: { ...backend, why: `${reason}; self-test passed` }, close };
}

function reasonOf(name: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.startsWith(`${name}:`) ? message : `${name}: ${message}`;
}
