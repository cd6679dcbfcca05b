import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Handlers } from '../../contract/rpc.ts';
import type { libraryRoom, VideoQuery, VideoRow } from '../../contract/window/library.ts';
import { packPathOf } from '../../compute/prepare-video.ts';
import type { Project, ProjectVideo } from '../../store/project.ts';
import type { ProjectContext } from './project-context.ts';

export const libraryHandlers: Handlers<typeof libraryRoom, ProjectContext> = {
  summary: ({ project }) => {
    const videos = project.listVideos();
    const labels = videos.flatMap(({ label }) => label ?? []);
    return {
      dir: project.dir,
      name: path.basename(project.dir),
      videos: videos.length,
      labelled: labels.length,
      prepared: videos.filter(({ id }) => isPrepared(project, id)).length,
      quarantined: project.listQuarantine().length,
      missing: project.missingVideos().length,
      subjects: new Set(videos.flatMap(({ subject }) => subject ?? [])).size,
      perClass: Object.fromEntries(
        [...Map.groupBy(labels, (label) => label)].sort().map(([label, all]) => [label, all.length]),
      ),
    };
  },
  videos: ({ project }, { offset, limit, ...query }) => {
    const rows = matching(project, query);
    return { total: rows.length, rows: rows.slice(offset, offset + limit) };
  },
  ids: ({ project }, query) => matching(project, query).map(({ id }) => id),
  video: ({ project }, { id }) => {
    const video = project.video(id);
    const { media, moment, attributes } = video;
    return { ...rowOf(project, video), media, moment, attributes, missing: project.isMissing(id) };
  },
  quarantine: ({ project }) => project.listQuarantine(),
};

function isPrepared(project: Project, id: string): boolean {
  return existsSync(packPathOf(project.cropsDir, id));
}

function rowOf(project: Project, { id, path: place, label, subject, declaredSplit, media }: ProjectVideo): VideoRow {
  const { durationSec } = media;
  return { id, path: place, label, subject, declaredSplit, durationSec, prepared: isPrepared(project, id) };
}

function matching(project: Project, query: VideoQuery): VideoRow[] {
  const rows = project
    .listVideos()
    .map((video) => rowOf(project, video))
    .filter((row) => matches(row, query));
  const sorted = query.sort === 'added' ? rows : rows.sort(byColumn[query.sort]);
  return query.descending ? sorted.reverse() : sorted;
}

function matches(row: VideoRow, { search, label, subject, split, prepared }: VideoQuery): boolean {
  return (
    (search === undefined || `${row.path} ${row.subject}`.toLowerCase().includes(search.toLowerCase())) &&
    (label === undefined || row.label === label) &&
    (subject === undefined || row.subject === subject) &&
    (split === undefined || row.declaredSplit === split) &&
    (prepared === undefined || row.prepared === prepared)
  );
}

const byText = (one: string | null, other: string | null) => ((one ?? '') < (other ?? '') ? -1 : 1);

const byColumn = {
  path: (one: VideoRow, other: VideoRow) => byText(one.path, other.path),
  label: (one: VideoRow, other: VideoRow) => byText(one.label, other.label),
  subject: (one: VideoRow, other: VideoRow) => byText(one.subject, other.subject),
  duration: (one: VideoRow, other: VideoRow) => one.durationSec - other.durationSec,
};
