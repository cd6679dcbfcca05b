/**
 * Which backend computes: the first that opens and passes the numerical self-test, GPU before CPU, or the one that was
 * asked for by name. It says which and why; a slower engine than hoped for is never taken in silence.
 */
import { AppError, toAppError } from '../contract/errors.ts';
import type { EngineInfo } from '../contract/records.ts';
import type { OpenedBackend } from './opened-backend.ts';
import { openCudaBackend } from './cuda/open.ts';
import { describeProcessor } from './processor.ts';
import { openReferenceBackend } from './reference.ts';
import { selfTest } from './self-test.ts';
import { openWasmBackend, type WasmEngineOptions } from './wasm/register.ts';
import { openWebGpuBackend } from './webgpu/open.ts';
import type { Precision } from './webgpu/settings.ts';
import { tuningFrom, type Tuning } from './webgpu/tuning/tuning-settings.ts';

/** Beside the choice, the settings of `wasm` (`threads` absent or 0 means all cores) and of `webgpu`. */
export type EngineOptions = Partial<Pick<WasmEngineOptions, 'threads' | 'wide' | 'memoryLimitBytes'>> & {
  /** Only `webgpu` on a GPU with matrix units for f16 computes in `mixed`. */
  precision?: Precision;
  /** Of tiles on `webgpu`; absent: as the environment says. Null: none. */
  tuning?: Tuning | null;
  /** `cpu` is the slow reference of the tests and never chosen by `auto`. */
  engine?: 'auto' | EngineInfo['name'];
};

export type Engine = {
  info: EngineInfo;
  /** Gives back threads, memory and the device; tensors on the engine are lost. */
  close(): Promise<void>;
};

export type Openers = Record<EngineInfo['name'], (byName: boolean) => Promise<OpenedBackend>>;

const FLOAT32_HINT = 'Use a GPU with f16, or set precision=float32.';
const AUTO_ORDER = ['cuda', 'webgpu', 'wasm'] as const;

/**
 * Opens an engine and makes it the current backend of TensorFlow.js.
 * @throws AppError `engine-unavailable` with the reason, `bad-config` where an engine works but has not the precision
 */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const { engine = 'auto', precision = 'float32', tuning = tuningFrom(process.env), ...ofWasm } = options;
  const openers: Openers = {
    cuda: () => openCudaBackend(),
    webgpu: (byName) => openWebGpuBackend({ allowSoftware: byName, precision, tuning }),
    wasm: () => openWasm({ threads: 0, ...ofWasm }),
    cpu: openReferenceBackend,
  };
  return selectEngine(engine, precision === 'mixed' ? mixedOnly(openers) : openers);
}

/** Numbers must not depend on the machine in silence: an engine without f16 is none for `mixed`. */
export function mixedOnly(openers: Openers): Openers {
  const checked = Object.entries(openers).map(([name, open]) => [
    name,
    async (byName: boolean) => {
      const backend = await open(byName);
      if (backend.features['precision'] === 'mixed') return backend;
      await backend.close();
      const message = `${name}: computes in float32 only on ${backend.device}, expected precision mixed`;
      throw new AppError('bad-config', message, { hint: FLOAT32_HINT });
    },
  ]);
  return Object.fromEntries(checked) as Openers;
}

/** The choice of {@link openEngine} over any openers. */
export async function selectEngine(wanted: 'auto' | EngineInfo['name'], openers: Openers): Promise<Engine> {
  if (wanted !== 'auto') return describe(await openAndTest(openers[wanted], true), 'asked for by name');
  const reasons: string[] = [];
  let isWorking = false;
  for (const name of AUTO_ORDER) {
    try {
      const backend = await openAndTest(openers[name], false);
      return describe(backend, reasons.length === 0 ? 'fastest engine' : `FALLBACK, ${reasons.join('; ')}`);
    } catch (error) {
      const { code } = toAppError(error);
      isWorking ||= code === 'bad-config';
      // What nobody has installed is no reason to be told of.
      if (code !== 'not-found') reasons.push(reasonOf(name, error));
    }
  }
  throw noEngine(reasons.join('; '), isWorking);
}

/** `isWorking`: an engine works, but not in the precision that was asked for. */
function noEngine(reasons: string, isWorking: boolean): AppError {
  if (isWorking)
    return new AppError('bad-config', `precision: no engine of this machine has mixed: ${reasons}`, {
      hint: FLOAT32_HINT,
    });
  return new AppError('engine-unavailable', `No engine works on this machine: ${reasons}`, {
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
