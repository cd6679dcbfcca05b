import { describe, expect, it, vi } from 'vitest';
import type { AppApi } from '../../../src-main/contract/api.ts';
import type { ComputeEvent } from '../../../src-main/contract/compute.ts';
import type { JobContext } from '../../../src-main/contract/progress.ts';
import type { EngineInfo } from '../../../src-main/contract/records.ts';
import { jobRequestSchema } from '../../../src-main/contract/window/jobs.ts';
import { ComputeContext } from '../../../src-main/service/window/compute-handlers.ts';

const prepare = { request: jobRequestSchema.parse({ kind: 'prepare' }), project: '/p' };

async function all(events: AsyncIterable<ComputeEvent>): Promise<ComputeEvent[]> {
  const seen: ComputeEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

describe('the compute process', () => {
  it('does not begin a job that was stopped while it waited for the engine', async () => {
    const begun: string[] = [];
    const api = { prepare: () => Promise.resolve(void begun.push('prepare')) } as unknown as AppApi;
    const opening = Promise.withResolvers<EngineInfo>();
    const context = new ComputeContext(
      api,
      () => opening.promise,
      () => undefined,
    );
    const device = context.device();
    const job = all(context.run(prepare, new AbortController().signal));
    context.stop();
    opening.resolve({} as EngineInfo);
    await device;
    await expect(job).rejects.toMatchObject({ code: 'aborted' });
    expect(begun).toEqual([]);
  });

  it('stops a job that has begun, and takes the next one', async () => {
    const stopped = (job: JobContext) =>
      new Promise((_, reject) => job.signal!.addEventListener('abort', () => reject(job.signal!.reason as Error)));
    const outputs = [stopped, () => Promise.resolve({ prepared: 2 })];
    const api = { prepare: (_: unknown, job: JobContext) => outputs.shift()!(job) } as unknown as AppApi;
    const context = new ComputeContext(
      api,
      () => Promise.reject(new Error('not asked for')),
      () => undefined,
    );
    const first = all(context.run(prepare, new AbortController().signal));
    await vi.waitFor(() => expect(outputs).toHaveLength(1));
    context.stop();
    await expect(first).rejects.toThrow();
    const events = await all(context.run(prepare, new AbortController().signal));
    expect(events.at(-1)).toMatchObject({ kind: 'outcome', outcome: { output: { prepared: 2 } } });
  });
});
