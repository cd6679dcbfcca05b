import { describe, expect, it } from 'vitest';
import type { ComputeEvent, ComputeJob } from '../../../src-main/contract/compute.ts';
import { AppError } from '../../../src-main/contract/errors.ts';
import { EventQueue } from '../../../src-main/contract/event-queue.ts';
import { jobRequestSchema } from '../../../src-main/contract/window/jobs.ts';
import type { JobOutcome, JobRequest } from '../../../src-main/contract/window/jobs.ts';
import { JobQueue } from '../../../src-main/service/window/job-queue.ts';
import type { JobStore } from '../../../src-main/service/window/job-queue.ts';

const train = jobRequestSchema.parse({ kind: 'train', run: 'one', set: ['epochs=2'] });
const prepare = jobRequestSchema.parse({ kind: 'prepare' });
const outcome = { kind: 'prepare', output: { prepared: 3 } } as JobOutcome;
const lost = () => new AppError('process-lost', 'gone');

/** A compute process that does what the test says; `runs` are the jobs that it was given. */
class ScriptedCompute {
  readonly runs: { job: ComputeJob; events: EventQueue<ComputeEvent> }[] = [];

  run(job: ComputeJob): AsyncIterable<ComputeEvent> {
    const events = new EventQueue<ComputeEvent>();
    this.runs.push({ job, events });
    return events;
  }

  stop(): Promise<void> {
    this.last.fail(new AppError('aborted', 'Stopped.'));
    return Promise.resolve();
  }

  get last(): EventQueue<ComputeEvent> {
    return this.runs.at(-1)!.events;
  }

  progress(done: number): void {
    this.last.push({ kind: 'progress', progress: { stage: 'train', done, total: 10 } });
  }

  finish(): void {
    this.last.push({ kind: 'outcome', outcome });
    this.last.end();
  }
}

/** What was saved last is what is there at the next start. */
class KeptJobs implements JobStore {
  jobs: readonly ComputeJob[] = [];

  load(): Promise<ComputeJob[]> {
    return Promise.resolve([...this.jobs]);
  }

  save(jobs: readonly ComputeJob[]): void {
    this.jobs = jobs;
  }
}

const queueOver = (compute: ScriptedCompute, store = new KeptJobs()) => new JobQueue(compute, store);
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
const requests = ({ runs }: ScriptedCompute): JobRequest[] => runs.map(({ job }) => job.request);

describe('the queue of jobs', () => {
  it('runs one job after the other, in order, and gives what each made', async () => {
    const compute = new ScriptedCompute();
    const queue = queueOver(compute);
    const [first, second] = [queue.start(prepare, '/p'), queue.start(train, '/p')];
    await settled();
    expect(queue.list().map(({ state }) => state)).toEqual(['running', 'queued']);
    compute.finish();
    expect(await queue.wait(first)).toEqual(outcome);
    await settled();
    expect(queue.list().map(({ state }) => state)).toEqual(['done', 'running']);
    compute.finish();
    await queue.wait(second);
    expect(compute.runs.map(({ job }) => job.project)).toEqual(['/p', '/p']);
  });

  it('shows progress with the time left', async () => {
    const compute = new ScriptedCompute();
    const queue = queueOver(compute);
    queue.start(train, '/p');
    await settled();
    compute.progress(0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    compute.progress(5);
    await settled();
    const [job] = queue.list();
    expect(job?.progress).toEqual({ stage: 'train', done: 5, total: 10 });
    expect(job?.leftSec).toBeGreaterThan(0.04);
    expect(job?.leftSec).toBeLessThan(1);
  });

  it('goes on with a run from its checkpoint when the compute process is lost under it', async () => {
    const compute = new ScriptedCompute();
    const queue = queueOver(compute);
    const id = queue.start(train, '/p');
    await settled();
    compute.progress(4);
    compute.last.fail(lost());
    await settled();
    expect(requests(compute)).toEqual([train, { ...train, resume: true }]);
    expect(queue.list()[0]).toMatchObject({ state: 'running', restarts: 1, error: null });
    compute.finish();
    await queue.wait(id);
  });

  it('gives a job up that is lost again and again, and goes on with the next', async () => {
    const compute = new ScriptedCompute();
    const queue = queueOver(compute);
    const [hopeless] = [queue.start(train, '/p'), queue.start(prepare, '/p')];
    for (let i = 0; i < 4; i++) {
      await settled();
      compute.last.fail(lost());
    }
    await expect(queue.wait(hopeless)).rejects.toMatchObject({ message: expect.stringContaining('lost 4 times') });
    await settled();
    expect(queue.list().map(({ state }) => state)).toEqual(['failed', 'running']);
    expect(requests(compute).at(-1)).toEqual(prepare);
  });

  it('stops a job that runs and one that waits, and calls neither failed', async () => {
    const compute = new ScriptedCompute();
    const queue = queueOver(compute);
    const [running, waiting] = [queue.start(train, '/p'), queue.start(prepare, '/p')];
    await settled();
    await queue.cancel(waiting);
    await queue.cancel(running);
    expect(queue.list()).toMatchObject([
      { state: 'cancelled', error: null },
      { state: 'cancelled', error: null },
    ]);
    await expect(queue.wait(running)).rejects.toMatchObject({ code: 'aborted' });
    expect(compute.runs).toHaveLength(1);
  });

  it('does not bring back a job that was being stopped when its process was lost', async () => {
    const compute = new ScriptedCompute();
    compute.stop = () => Promise.reject(lost());
    const queue = queueOver(compute);
    const id = queue.start(train, '/p');
    await settled();
    const cancelled = queue.cancel(id);
    compute.last.fail(lost());
    await cancelled;
    expect(queue.list()[0]?.state).toBe('cancelled');
    expect(compute.runs).toHaveLength(1);
  });

  it('reports why a job failed', async () => {
    const compute = new ScriptedCompute();
    const queue = queueOver(compute);
    const id = queue.start(train, '/p');
    await settled();
    compute.last.fail(new AppError('bad-input', 'None of the videos is prepared.', { hint: 'Prepare them.' }));
    await expect(queue.wait(id)).rejects.toMatchObject({ code: 'bad-input' });
    expect(queue.list()[0]).toMatchObject({
      state: 'failed',
      error: { code: 'bad-input', message: 'None of the videos is prepared.', hint: 'Prepare them.' },
    });
  });

  it('forgets ended jobs only', async () => {
    const compute = new ScriptedCompute();
    const queue = queueOver(compute);
    const id = queue.start(prepare, '/p');
    await settled();
    expect(() => queue.forget(id)).toThrow('has not ended');
    compute.finish();
    await queue.wait(id);
    await settled();
    queue.forget(id);
    expect(queue.list()).toEqual([]);
    expect(() => queue.wait(id)).toThrow('There is no job');
  });

  it('stops everything and takes no more when the program closes', async () => {
    const compute = new ScriptedCompute();
    const queue = queueOver(compute);
    queue.start(train, '/p');
    queue.start(prepare, '/p');
    await settled();
    await queue.close();
    expect(queue.list().map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    expect(() => queue.start(prepare, '/p')).toThrow('closing');
  });
});

describe('jobs that had not ended when the program was closed', () => {
  const doctor = jobRequestSchema.parse({ kind: 'doctor' });

  async function closedWith(...jobs: JobRequest[]) {
    const store = new KeptJobs();
    const compute = new ScriptedCompute();
    const queue = queueOver(compute, store);
    for (const job of jobs) queue.start(job, '/p');
    await settled();
    await queue.close();
    const next = new ScriptedCompute();
    const reopened = queueOver(next, store);
    await reopened.restore();
    return { store, compute: next, queue: reopened };
  }

  it('are held, the one that ran and those that waited, until somebody lets them go on', async () => {
    const { compute, queue } = await closedWith(train, prepare, doctor);
    expect(queue.list().map(({ kind, state }) => [kind, state])).toEqual([
      ['train', 'held'],
      ['prepare', 'held'],
    ]);
    await settled();
    expect(compute.runs).toEqual([]);
    queue.release(queue.list()[0]!.id);
    await settled();
    expect(compute.runs.map(({ job }) => job)).toEqual([{ request: { ...train, resume: true }, project: '/p' }]);
  });

  it('are held again after a second start, and no more once they were given up or done', async () => {
    const { store, compute, queue } = await closedWith(train, prepare);
    expect(store.jobs).toHaveLength(2);
    const [first, second] = queue.list();
    await queue.cancel(first!.id);
    expect(store.jobs.map(({ request }) => request.kind)).toEqual(['prepare']);
    queue.release(second!.id);
    await settled();
    compute.finish();
    await queue.wait(second!.id);
    expect(store.jobs).toEqual([]);
  });

  it('make way for the same job, asked for anew', async () => {
    const { queue } = await closedWith(train, prepare);
    queue.start(train, '/p');
    expect(queue.list().map(({ kind, state }) => [kind, state])).toEqual([
      ['prepare', 'held'],
      ['train', 'running'],
    ]);
  });

  it('that a user stopped are not brought back', async () => {
    const store = new KeptJobs();
    const queue = queueOver(new ScriptedCompute(), store);
    const id = queue.start(train, '/p');
    await settled();
    await queue.cancel(id);
    await queue.close();
    expect(store.jobs).toEqual([]);
  });
});
