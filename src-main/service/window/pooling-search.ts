import type { Handlers } from '../../contract/rpc.ts';
import type { poolingSearchRoom } from '../../contract/window/pooling-search.ts';
import { followSearch, searchDetail } from '../../compute/search-pooling/picture.ts';
import { searchPlan } from '../../compute/search-pooling/space-view.ts';
import { searchRows } from '../../compute/search-pooling/stored.ts';
import type { ProjectContext } from './project-context.ts';

export const poolingSearchHandlers: Handlers<typeof poolingSearchRoom, ProjectContext> = {
  rows: ({ project }) => searchRows(project),
  plan: ({ project }, request) => searchPlan(project, request),
  search: ({ project }, { run }) => searchDetail(project, run),
  follow: async function* ({ project }, { run }, signal) {
    yield* followSearch(project, run, signal);
  },
};
