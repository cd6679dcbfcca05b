import { AppError } from '../../contract/errors.ts';

/** WebGPU's alignment of a binding's start, in every implementation at most this. */
export const BINDING_ALIGNMENT_BYTES = 256;

/** A run of entries along the leading axis. */
export type BatchPart = { start: number; count: number };

/**
 * Divides `n` entries into few equal runs, so that for each tensor a run is no longer than a shader can see and starts
 * where a binding may start, or anywhere where a shader does not see that many entries.
 * @param entryBytes - bytes of one entry, for each tensor
 * @throws AppError `out-of-memory` when one entry is too long
 */
export function batchParts(n: number, entryBytes: readonly number[], maxBindingBytes: number): BatchPart[] {
  const largest = Math.max(...entryBytes);
  if (n * largest <= maxBindingBytes) return n === 0 ? [] : [{ start: 0, count: n }];
  const seen = Math.floor(maxBindingBytes / largest);
  const aligned = Math.max(...entryBytes.map(alignedEntries));
  const step = aligned <= seen ? aligned : 1;
  const most = Math.floor(seen / step) * step;
  if (most === 0) {
    const message = `webgpu: ${largest} bytes must be seen by one shader, and this GPU shows it ${maxBindingBytes}`;
    throw new AppError('out-of-memory', message, { hint: 'Lower cropSize or clipFrames.' });
  }
  const count = Math.ceil(n / Math.ceil(n / most) / step) * step;
  const starts = Array.from({ length: Math.ceil(n / count) }, (_, i) => i * count);
  return starts.map((start) => ({ start, count: Math.min(count, n - start) }));
}

/** Fewest entries whose bytes are a whole number of alignments; a power of two, so the largest serves all tensors. */
function alignedEntries(bytes: number): number {
  let entries = 1;
  while ((entries * bytes) % BINDING_ALIGNMENT_BYTES !== 0) entries *= 2;
  return entries;
}
