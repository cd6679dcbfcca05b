import { mkdir } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import path from 'node:path';
import type { BenchSummary, MachineInfo } from '../contract/bench.ts';
import { writeFileAtomic } from '../store/atomic-write.ts';

/** What a figure was measured on; names no person and no host. */
export function describeMachine(): MachineInfo {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
  };
}

/** Writes a result as JSON under a name that tells its setting, over the former one of that name. */
export async function saveResult(folder: string, result: BenchSummary): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(path.join(folder, `${resultName(result)}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

function resultName(result: BenchSummary): string {
  const subject = result.model ?? ('layer' in result ? result.layer : 'video-layers');
  const kernels = result.engine === 'wasm' ? [result.wide ? 'wide' : 'narrow', `${result.threads}t`] : [];
  return [result.what, subject, result.engine, ...kernels].join('-');
}
