import { afterEach, describe, expect, it } from 'vitest';
import type { ProcessState } from '../../../src-main/contract/window/app.ts';
import { Supervisor } from '../../../src-main/service/processes/supervisor.ts';
import { startNodeChild } from '../../support/node-child.ts';

const MOODY = new URL('./moody-process.ts', import.meta.url);
const MISSING = new URL('./no-such-process.ts', import.meta.url);

let supervisor: Supervisor;
const states: ProcessState[] = [];
const prepared: number[] = [];

function supervise(file: URL, silentMs = 30_000): Supervisor {
  states.length = 0;
  prepared.length = 0;
  supervisor = new Supervisor({
    name: 'moody process',
    start: () => startNodeChild(file, { quiet: file === MISSING }),
    ping: 'moody.ping',
    silentMs,
    prepare: async (client) => prepared.push((await client.call('moody.heard', {})) as number),
    onState: (state) => states.push(state),
  });
  return supervisor;
}

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
};

afterEach(() => supervisor.stop());

describe('a supervised process', () => {
  it('is started at the first question, once for all who ask', async () => {
    const clients = await Promise.all([supervise(MOODY).client(), supervisor.client()]);
    expect(clients[0]).toBe(clients[1]);
    expect(prepared).toEqual([1]);
    expect(states).toEqual([{ state: 'ready', lost: null }]);
  });

  it('comes back prepared after kill -9, fails what was asked, and says so', async () => {
    const client = await supervise(MOODY).client();
    const firstPid = supervisor.pid!;
    process.kill(firstPid, 'SIGKILL');
    await expect(client.call('moody.heard', {})).rejects.toMatchObject({ code: 'process-lost' });
    expect(states.at(-1)).toEqual({
      state: 'restarting',
      lost: 'The moody process ended unexpectedly and was started again.',
    });
    const next = await supervisor.client();
    expect(await next.call('moody.heard', {})).toBe(2);
    expect(supervisor.pid).not.toBe(firstPid);
    expect(states.at(-1)).toMatchObject({ state: 'ready', lost: expect.stringContaining('ended unexpectedly') });
  });

  it('is ended and started again when it hangs', async () => {
    const client = await supervise(MOODY, 1500).client();
    const firstPid = supervisor.pid!;
    await expect(client.call('moody.hang', {})).rejects.toMatchObject({ code: 'process-lost' });
    expect(states.at(-1)?.lost).toBe('The moody process did not answer any more and was started again.');
    await supervisor.client();
    expect(() => process.kill(firstPid, 0)).toThrow('ESRCH');
  });

  it('is given up when it cannot be started, and tried again when somebody asks', async () => {
    await expect(supervise(MISSING).client()).rejects.toMatchObject({ code: 'process-lost' });
    await until(() => states.at(-1)?.state === 'failed');
    expect(states.at(-1)?.lost).toBe('The moody process ended unexpectedly 4 times in a minute.');
    await expect(supervisor.client()).rejects.toMatchObject({ code: 'process-lost' });
  });

  it('stays ended after it was stopped', async () => {
    await supervise(MOODY).client();
    const pid = supervisor.pid!;
    await supervisor.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(states.at(-1)).toEqual({ state: 'starting', lost: null });
  });
});
