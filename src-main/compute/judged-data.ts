import type { RunManifest } from '../contract/records.ts';
import { dataFingerprint } from '../data/manifest.ts';
import type { Project } from '../store/project.ts';

/** The fingerprint of a run's data as it is now, and what is to be said where it is not what the run was trained with. */
export function judgedData(
  project: Pick<Project, 'listVideos'>,
  { splits, dataFingerprint: then }: Pick<RunManifest, 'splits' | 'dataFingerprint'>,
  split: 'val' | 'test',
): { fingerprint: string; notes: string[] } {
  const videos = project.listVideos();
  const labels = new Map(videos.map(({ id, label }) => [id, label]));
  const gone = splits[split].filter((id) => !labels.has(id)).length;
  const unlabelled = splits[split].filter((id) => labels.get(id) === null).length;
  const fingerprint = dataFingerprint(videos, splits);
  const missing = [
    ...(gone > 0 ? [`${gone} that left the project`] : []),
    ...(unlabelled > 0 ? [`${unlabelled} without a label now`] : []),
  ];
  const notes = [
    ...(missing.length > 0
      ? [`Not judged, of ${splits[split].length} in the ${split} split: ${missing.join(', ')}.`]
      : []),
    ...(fingerprint === then
      ? []
      : [`The data changed since the run was trained: its fingerprint was ${then.slice(0, 12)}.`]),
  ];
  return { fingerprint, notes };
}
