import { mkdir } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import path from 'node:path';
import type { BenchSummary, MachineInfo, PeerPrecision } from '../contract/bench.ts';
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
export async function saveResult(folder: string, result: BenchSummary, peer: PeerPrecision | null): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(path.join(folder, `${resultName(result, peer)}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

function resultName(result: BenchSummary, peer: PeerPrecision | null): string {
  const subject = result.model ?? ('layer' in result ? result.layer : 'video-layers');
  const onCpu = [result.wide ? 'wide' : 'narrow', `${result.threads}t`];
  const onGpu = [result.precision, ...(peer === null ? [] : [`vs-${peer}`])];
  const kernels = result.engine === 'wasm' ? onCpu : onGpu;
  return [result.what, subject, result.engine, ...kernels].join('-');
}
