import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkBounded } from '../../../src-main/contract/bounded-message.ts';
import { AppError } from '../../../src-main/contract/errors.ts';
import { connect } from '../../../src-main/contract/rpc-client.ts';
import { serve } from '../../../src-main/contract/rpc-server.ts';
import { call, dispatcherOf, stream, validated } from '../../../src-main/contract/rpc.ts';
import type { Bridge, Handlers, Port } from '../../../src-main/contract/rpc.ts';
import { portPair } from '../../support/port-pair.ts';

const room = {
  double: call(z.strictObject({ value: z.number(), times: z.int().max(3).default(1) })).returns<number>(),
  fail: call(z.strictObject({ how: z.enum(['known', 'bug']) })).returns<null>(),
  sleep: call(z.strictObject({})).returns<null>(),
  count: stream(z.strictObject({ to: z.int() })).of<number>(),
};
const api = { room };

type Log = { stopped: string[] };

const handlers: Handlers<typeof room, Log> = {
  double: (_, { value, times }) => value * 2 ** times,
  fail: (_, { how }) => {
    if (how === 'known') throw new AppError('no-face', 'Nobody there.', { hint: 'Look elsewhere.' });
    throw new TypeError('undefined is not a function');
  },
  sleep: (log, _, signal) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        log.stopped.push('sleep');
        reject(new AppError('aborted', 'Stopped.'));
      }),
    ),
  async *count(log, { to }, signal) {
    try {
      for (let i = 1; i <= to; i++) {
        if (signal.aborted) return;
        yield i;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      log.stopped.push('count');
    }
  },
};

function open(): { bridge: Bridge<typeof api>; log: Log; page: Port; close: () => void; failures: string[] } {
  const { page, program, close } = portPair();
  const log: Log = { stopped: [] };
  const failures: string[] = [];
  serve(program, validated(api, dispatcherOf<typeof api, Log>({ room: handlers }, log)), {
    check: checkBounded,
    onFailure: (name) => failures.push(name),
  });
  return { bridge: connect<typeof api>(page), log, page, close, failures };
}

async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('typed calls and streams over a port', () => {
  it('answers calls, also many at once, with the defaults of their schemas', async () => {
    const { bridge } = open();
    const values = await Promise.all([1, 2, 3].map((value) => bridge.call('room.double', { value })));
    expect(values).toEqual([2, 4, 6]);
    expect(await bridge.call('room.double', { value: 1, times: 3 })).toBe(8);
  });

  it('carries an error with code and hint, and calls what is none of ours a bug', async () => {
    const { bridge } = open();
    const known = bridge.call('room.fail', { how: 'known' });
    await expect(known).rejects.toMatchObject({ code: 'no-face', message: 'Nobody there.', hint: 'Look elsewhere.' });
    await expect(bridge.call('room.fail', { how: 'bug' })).rejects.toMatchObject({ code: 'bug' });
  });

  it('refuses inputs that the schema does not admit, and names that are not in the contract', async () => {
    const { bridge } = open();
    const anyCall = bridge.call as (name: string, input: unknown) => Promise<unknown>;
    const refused = [
      ['room.double', { value: '1' }],
      ['room.double', { value: 1, times: 4 }],
      ['room.double', { value: 1, extra: true }],
      ['room.double', null],
      ['room.nothing', {}],
      ['nowhere.double', {}],
      ['room.constructor', {}],
      ['constructor.name', {}],
      ['__proto__.toString', {}],
      ['room.count', { to: 1 }],
      ['double', {}],
    ] as const;
    for (const [name, input] of refused)
      await expect(anyCall.call(bridge, name, input), name).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('gives the events of a stream in order and ends', async () => {
    const { bridge, log } = open();
    expect(await all(bridge.open('room.count', { to: 4 }))).toEqual([1, 2, 3, 4]);
    expect(log.stopped).toEqual(['count']);
  });

  it('stops a stream on the other side when its reader leaves', async () => {
    const { bridge, log } = open();
    for await (const value of bridge.open('room.count', { to: 1e9 })) if (value === 3) break;
    await settled();
    expect(log.stopped).toEqual(['count']);
  });

  it('stops a call on the other side when its signal fires', async () => {
    const { bridge, log } = open();
    const controller = new AbortController();
    const sleeping = bridge.call('room.sleep', {}, controller.signal);
    await settled();
    controller.abort();
    await expect(sleeping).rejects.toMatchObject({ code: 'aborted' });
    await settled();
    expect(log.stopped).toEqual(['sleep']);
  });

  it('fails what waits when the other side is lost, and stops what works when the caller is', async () => {
    const { bridge, log, close } = open();
    const sleeping = bridge.call('room.sleep', {});
    const counting = all(bridge.open('room.count', { to: 1e9 }));
    await settled();
    close();
    await expect(sleeping).rejects.toMatchObject({ code: 'process-lost' });
    await expect(counting).rejects.toMatchObject({ code: 'process-lost' });
    await expect(bridge.call('room.double', { value: 1 })).rejects.toMatchObject({ code: 'process-lost' });
    await settled();
    expect(log.stopped.sort()).toEqual(['count', 'sleep']);
  });

  it('lets messages that are no requests pass without harm', async () => {
    const { bridge, page, failures } = open();
    const nonsense = [
      null,
      7,
      'call',
      [],
      { kind: 'call' },
      { kind: 'eval', id: 1 },
      { kind: 'call', id: -1, name: 'x' },
    ];
    for (const message of nonsense) page.post(message);
    expect(await bridge.call('room.double', { value: 2 })).toBe(4);
    expect(failures).toEqual(nonsense.map(() => 'a message'));
  });

  it('refuses more than a thousand open requests and works on', async () => {
    const { bridge } = open();
    const controller = new AbortController();
    const sleeping = Array.from({ length: 1000 }, () => bridge.call('room.sleep', {}, controller.signal));
    for (const one of sleeping) one.catch(() => undefined);
    await expect(bridge.call('room.double', { value: 1 })).rejects.toMatchObject({ code: 'bad-input' });
    controller.abort();
    await settled();
    expect(await bridge.call('room.double', { value: 1 })).toBe(2);
  });
});

describe('bounds of a message', () => {
  const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)]);

  it.each([
    ['a text of 20 MB', 'x'.repeat(20_000_000)],
    ['a million values', Array.from({ length: 1_000_000 }, () => 0)],
    ['a sparse array', new Array(2 ** 30)],
    ['bytes beyond the bound', new Uint8Array(17_000_000)],
    ['deep nesting', deep(100)],
    ['a key __proto__', JSON.parse('{"__proto__": {"admin": true}}')],
    ['a key constructor', { constructor: { prototype: {} } }],
    ['an object with a class', new Date()],
    ['a map', new Map([[1, 2]])],
    ['a big integer', 10n],
  ])('refuses %s', (_, message) => {
    expect(() => checkBounded(message)).toThrow(AppError);
  });

  it('admits what tabs send', () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ videoId: `${i}`, label: 'anger', moment: null }));
    expect(() => checkBounded({ rows, picture: new Uint8Array(1000), nothing: undefined })).not.toThrow();
  });
});
