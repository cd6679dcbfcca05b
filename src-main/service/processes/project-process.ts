/** Entry of the project process: light questions about the open project. It is never busy for long. */
import { serve } from '../../contract/rpc-server.ts';
import { dispatcherOf } from '../../contract/rpc.ts';
import type { ProjectApi } from '../../contract/project-host.ts';
import { hostHandlers, ProjectHolder } from '../window/host.ts';
import { projectHandlers } from '../window/project-handlers.ts';
import { parentPort } from './parent-port.ts';

const holder = new ProjectHolder();
serve(parentPort(), dispatcherOf<ProjectApi, ProjectHolder>({ ...projectHandlers, host: hostHandlers }, holder));
