import { dispatcherOf, validated } from '../../src-main/contract/rpc.ts';
import type { Bridge, Dispatcher } from '../../src-main/contract/rpc.ts';
import { projectRooms } from '../../src-main/contract/window/window-api.ts';
import { projectHandlers } from '../../src-main/service/window/project-handlers.ts';
import { openProject } from '../../src-main/store/project.ts';
import type { Project } from '../../src-main/store/project.ts';

/** The rooms of the project process over a project folder, with inputs checked as from the page, in this process. */
export function openWindowApi(
  dir: string,
  options: { create?: boolean } = {},
): Bridge<typeof projectRooms> & Disposable & { project: Project } {
  const project = openProject(dir, options);
  const dispatcher = validated(
    projectRooms,
    dispatcherOf<typeof projectRooms, { project: Project }>(projectHandlers, { project }),
  );
  const never = new AbortController().signal;
  const bridge: Pick<Dispatcher, 'call' | 'open'> = {
    call: (name, input, signal = never) => dispatcher.call(name, input, signal),
    open: (name, input, signal = never) => dispatcher.open(name, input, signal),
  };
  return Object.assign(bridge as Bridge<typeof projectRooms>, { project, [Symbol.dispose]: () => project.close() });
}
