import type { Handlers } from '../../contract/rpc.ts';
import type { jobsRoom } from '../../contract/window/jobs.ts';
import type { GrantedPaths } from './granted-paths.ts';
import type { WindowContext } from './window-context.ts';

export const jobsHandlers: Handlers<typeof jobsRoom, WindowContext> = {
  start: ({ queue, projects, paths }, request) => {
    const id = queue.start(request, projects.project?.dir ?? null);
    grantWhatItMakes(queue.wait(id), paths);
    return { id };
  },
  list: ({ queue }) => queue.list(),
  cancel: async ({ queue }, { id }) => {
    await queue.cancel(id);
    return null;
  },
  wait: ({ queue }, { id }) => queue.wait(id),
  forget: ({ queue }, { id }) => {
    queue.forget(id);
    return null;
  },
  events: ({ queue }, _, signal) => queue.snapshots(signal),
};

function grantWhatItMakes(outcome: ReturnType<WindowContext['queue']['wait']>, paths: GrantedPaths): void {
  void outcome.then(
    ({ kind, output }) => kind === 'sample-project' && paths.grant(output.project),
    () => undefined,
  );
}
