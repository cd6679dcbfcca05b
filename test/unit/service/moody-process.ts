/** A process of the supervisor's tests: counts what it hears, or hangs. */
import { z } from 'zod';
import { serve } from '../../../src-main/contract/rpc-server.ts';
import { call, dispatcherOf, validated } from '../../../src-main/contract/rpc.ts';
import { parentPort } from '../../../src-main/service/processes/parent-port.ts';

const nothing = z.strictObject({});
const api = {
  moody: {
    ping: call(nothing).returns<null>(),
    heard: call(nothing).returns<number>(),
    hang: call(nothing).returns<null>(),
  },
};
let heard = 0;

const moody = {
  ping: () => null,
  heard: () => ++heard,
  hang: () => {
    for (;;) heard++;
  },
};
serve(parentPort(), validated(api, dispatcherOf<typeof api, null>({ moody }, null)));
