import type { Project } from '../../store/project.ts';

/** What the handlers of the project process work with. */
export type ProjectContext = { project: Project };
