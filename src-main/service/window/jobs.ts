import { filesOfConfig } from '../../compute/config-files.ts';
import type { Handlers } from '../../contract/rpc.ts';
import type { JobRequest, jobsRoom } from '../../contract/window/jobs.ts';
import type { GrantedPaths } from './granted-paths.ts';
import type { WindowContext } from './window-context.ts';

export const jobsHandlers: Handlers<typeof jobsRoom, WindowContext> = {
  start: ({ queue, projects, paths }, request) => {
    for (const file of filesNamedBySettings(request)) paths.check(file);
    const id = queue.start(request, projects.project?.dir ?? null);
    grantWhatItMakes(queue.wait(id), paths);
    return { id };
  },
  list: ({ queue }) => queue.list(),
  release: ({ queue }, { id }) => {
    queue.release(id);
    return null;
  },
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

/** Places on disk that the settings of a job name, where no schema sees them. */
function filesNamedBySettings(request: JobRequest): string[] {
  if (!('set' in request)) return [];
  return filesOfConfig('config' in request ? request.config : {}, request.set);
}

function grantWhatItMakes(outcome: ReturnType<WindowContext['queue']['wait']>, paths: GrantedPaths): void {
  void outcome.then(
    ({ kind, output }) => kind === 'sample-project' && paths.grant(output.project),
    () => undefined,
  );
}
