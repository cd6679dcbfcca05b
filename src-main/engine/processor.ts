import os from 'node:os';

/** "AMD EPYC 7B13, 8 cores": the processor as far as the system names it. */
export function describeProcessor(): string {
  const model = os.cpus()[0]?.model.trim() || process.arch;
  const cores = os.availableParallelism();
  return `${model}, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
}
