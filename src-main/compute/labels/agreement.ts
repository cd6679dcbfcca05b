import type { AgreementReport } from '../../contract/window/label-agreement.ts';
import { agreementReport } from '../../infer/agreement/agreement-report.ts';
import type { Project } from '../../store/project.ts';

/** How far the raters agree on the videos of a project. What a rater rejected counts as not rated. */
export async function labelAgreement(project: Project, raters: readonly string[]): Promise<AgreementReport> {
  const { view } = project.labels;
  await view.catchUp();
  const videos = project.videoLines().map(({ id, path }) => ({
    videoId: id,
    path,
    labels: new Map(view.opinionsOf(id).flatMap(({ who, label }) => (label === null ? [] : [[who, label] as const]))),
  }));
  return agreementReport(videos, raters);
}
