import type { AgreementReport } from '../../contract/window/label-agreement.ts';
import { agreementReport } from '../../infer/agreement/agreement-report.ts';
import type { Project } from '../../store/project.ts';

/** How far the raters agree on the videos of a project. What a rater rejected counts as not rated. */
export function labelAgreement(project: Project, raters: readonly string[]): AgreementReport {
  const opinions = Map.groupBy(project.labels.opinions(), ({ videoId }) => videoId);
  const videos = project.listVideos().map(({ id, path }) => ({
    videoId: id,
    path,
    labels: new Map(
      (opinions.get(id) ?? []).flatMap(({ who, label }) => (label === null ? [] : [[who, label] as const])),
    ),
  }));
  return agreementReport(videos, raters);
}
