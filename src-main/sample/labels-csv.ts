import type { SampleClip } from './plan-sample.ts';

/** Text of `labels.csv`; start and end are empty for videos without a moment. */
export function labelsCsv(clips: readonly SampleClip[]): string {
  const rows = clips.map(({ path, label, subject, moment }) =>
    [path, label, subject, moment?.startSec ?? '', moment?.endSec ?? ''].join(','),
  );
  return ['path,label,subject,start,end', ...rows, ''].join('\n');
}
