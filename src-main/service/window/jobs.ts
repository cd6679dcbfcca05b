import type { Handlers } from '../../contract/rpc.ts';
import type { JobRequest, jobsRoom } from '../../contract/window/jobs.ts';
import type { GrantedPaths } from './granted-paths.ts';
import type { WindowContext } from './window-context.ts';

export const jobsHandlers: Handlers<typeof jobsRoom, WindowContext> = {
  start: ({ queue, projects, paths }, request) => {
    const id = queue.start(checkedPaths(request, paths), projects.project?.dir ?? null);
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

/** @throws AppError `bad-input` for a path that the user did not choose */
function checkedPaths(request: JobRequest, paths: GrantedPaths): JobRequest {
  if (request.kind === 'sample-project') return { ...request, dir: paths.checked(request.dir) };
  if (request.kind === 'import') return { ...request, source: paths.checked(request.source) };
  if (request.kind !== 'predict') return request;
  return { ...request, videos: request.videos.map((video) => paths.checked(video)) };
}

function grantWhatItMakes(outcome: ReturnType<WindowContext['queue']['wait']>, paths: GrantedPaths): void {
  void outcome.then(
    ({ kind, output }) => kind === 'sample-project' && paths.grant(output.project),
    () => undefined,
  );
}
