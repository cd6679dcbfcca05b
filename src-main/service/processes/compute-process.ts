/** Entry of the compute process: all long work, one job at a time. It owns the engine. */
import { openDevice } from '../../compute/device.ts';
import type { ComputeApi } from '../../contract/compute.ts';
import { serve } from '../../contract/rpc-server.ts';
import { dispatcherOf } from '../../contract/rpc.ts';
import { openApp } from '../app.ts';
import { ComputeContext, computeHandlers } from '../window/compute-handlers.ts';
import { parentPort } from './parent-port.ts';

const context = new ComputeContext(openApp(), openDevice, () => process.exit(1));
serve(parentPort(), dispatcherOf<ComputeApi, ComputeContext>({ compute: computeHandlers }, context));
