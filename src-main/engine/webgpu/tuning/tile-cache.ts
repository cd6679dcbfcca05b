/** Tuned choices on disk, by adapter, driver and product. A file that cannot be read is as good as none. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { GemmChoice } from '../gemm/gemm-plan.ts';

type Choices = Record<string, GemmChoice>;

/** Raised when tiles change their meaning: choices of another version are not used. */
const VERSION = 1;

type CacheFile = { version: number; devices: Record<string, Choices> };

export class TileCache {
  readonly #file: string;
  readonly #device: string;
  readonly #choices: Choices;

  /** @param device - adapter, driver and way of computing, as one key */
  constructor(file: string, device: string) {
    this.#file = file;
    this.#device = device;
    this.#choices = { ...readCache(file).devices[device] };
  }

  /** Of this device. */
  get size(): number {
    return Object.keys(this.#choices).length;
  }

  get(product: string): GemmChoice | undefined {
    return this.#choices[product];
  }

  /** Remembers a choice here; {@link save} puts it on disk. */
  set(product: string, choice: GemmChoice): void {
    this.#choices[product] = choice;
  }

  /** Adds what is here to what other processes have written in the meantime; the file is never half written. */
  save(): void {
    const { devices } = readCache(this.#file);
    const merged: CacheFile = {
      version: VERSION,
      devices: { ...devices, [this.#device]: { ...devices[this.#device], ...this.#choices } },
    };
    mkdirSync(path.dirname(this.#file), { recursive: true });
    const unfinished = `${this.#file}.${process.pid}`;
    writeFileSync(unfinished, `${JSON.stringify(merged, null, 1)}\n`);
    renameSync(unfinished, this.#file);
  }
}

function readCache(file: string): CacheFile {
  const empty: CacheFile = { version: VERSION, devices: {} };
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as CacheFile;
    return found.version === VERSION ? found : empty;
  } catch {
    return empty;
  }
}
