import type { JobContext, Progress } from '../../contract/progress.ts';
import { EventQueue } from '../../contract/event-queue.ts';
import type { Handlers } from '../../contract/rpc.ts';
import type { libraryRoom, RelinkEvent, VideoDetail } from '../../contract/window/library.ts';
import { libraryFaces } from '../../compute/library/faces.ts';
import { previewImport } from '../../compute/library/import-preview.ts';
import { listLibrary } from '../../compute/library/overview.ts';
import { portraitsOf } from '../../compute/library/portraits.ts';
import { relinkMissing } from '../../compute/library/relink.ts';
import { libraryThumbnails } from '../../compute/library/thumbnails.ts';
import { libraryVerdicts } from '../../compute/library/verdicts.ts';
import type { Project } from '../../store/project.ts';
import type { ProjectContext } from './project-context.ts';

/** Who chooses people in the window, in the journal. */
const WHO = 'window';

export const libraryHandlers: Handlers<typeof libraryRoom, ProjectContext> = {
  list: ({ project }) => listLibrary(project),
  ids: ({ project }) => project.listVideos().map(({ id }) => id),
  video: ({ project }, { id }) => detailOf(project, id),
  faces: ({ project }, _, signal) => libraryFaces(project, signal),
  missing: ({ project }) => project.missingVideos().map(({ id }) => id),
  verdicts: ({ project }, { run }) => libraryVerdicts(project, run),
  thumbnails: ({ project }, { videos }, signal) => libraryThumbnails(project, videos, signal),
  people: ({ project }, { id }, signal) => portraitsOf(project, id, signal),
  choosePerson: ({ project }, { id, person }) => {
    project.choosePerson(id, person, WHO);
    return null;
  },
  describe: ({ project }, { videos }) => {
    for (const { id, subject, declaredSplit } of videos) {
      const before = project.video(id);
      project.describeVideo(id, {
        ...before,
        ...(subject !== undefined && { subject }),
        ...(declaredSplit !== undefined && { declaredSplit }),
      });
    }
    return null;
  },
  previewImport: ({ project }, options, signal) => previewImport({ ...options, project: project.dir }, { signal }),
  findMoved: ({ project }, { folder }, signal) => relinkEvents(project, folder, signal),
};

function detailOf(project: Project, id: string): VideoDetail {
  const { media, sizeBytes, faces, attributes } = project.video(id);
  return { id, place: project.mediaPath(id), missing: project.isMissing(id), media, sizeBytes, faces, attributes };
}

function relinkEvents(project: Project, folder: string, signal: AbortSignal): AsyncIterable<RelinkEvent> {
  const events = new EventQueue<RelinkEvent>();
  const job: JobContext = { signal, onProgress: (progress: Progress) => events.push({ kind: 'progress', progress }) };
  relinkMissing(project, folder, job).then(
    (done) => {
      events.push({ kind: 'done', ...done });
      events.end();
    },
    (error: unknown) => events.fail(error),
  );
  return events;
}
