import type { EpochMetrics, EvaluationReport, VideoPrediction } from '../contract/records.ts';
import { findContradictions } from '../infer/contradictions.ts';
import { CURVE_GAMMAS, gammaCurve } from '../infer/gamma-curve.ts';
import { renderReport } from '../report/render-report.ts';
import { thumbnailTimes } from '../report/report-data.ts';
import type { ReportVideo, SamplingHistory } from '../report/report-data.ts';
import { shownVideos } from '../report/videos-section.ts';
import { openCropPack } from '../store/crop-pack-reader.ts';
import type { Project, ProjectVideo } from '../store/project.ts';
import { packPathOf } from './prepare-video.ts';
import { preparedVideos } from './prepared-videos.ts';
import { areOtherClips, sampledPositions } from './sampled-positions.ts';
import { thumbnailsAt } from './thumbnails.ts';
import type { TrainedRun } from './trained-run.ts';

const SAMPLING_HISTORIES = 4;
/** Packs that are open at one time. */
const PACKS_AT_ONCE = 8;

export type Evaluated = { evaluation: EvaluationReport; predictions: VideoPrediction[]; videos: ProjectVideo[] };

/** Gathers what a report shows and writes `report.html` of a run. @returns its path */
export async function writeReport(project: Project, trained: TrainedRun, evaluated: Evaluated): Promise<string> {
  const { folder, config, manifest } = trained;
  const { evaluation, predictions, videos } = evaluated;
  const records = await folder.readMetrics();
  const scored = predictions.map((prediction, i) => ({
    clipLogits: prediction.clips.map(({ logits }) => logits),
    label: manifest.classes.indexOf(videos[i]?.label ?? ''),
  }));
  const html = renderReport({
    project: project.dir.split(/[\\/]/).at(-1) ?? project.dir,
    run: manifest,
    config,
    evaluation,
    epochs: records.filter((record): record is EpochMetrics => record.kind === 'epoch'),
    sampling: await samplingHistories(project, trained),
    gammaCurve: gammaCurve(scored, manifest.classes.length, gammasWith(config.gamma)),
    videos: await reportVideos(project, evaluated, manifest.classes),
  });
  return folder.writeFile(evaluation.split === 'test' ? 'report.html' : `report-${evaluation.split}.html`, html);
}

function gammasWith(gamma: number): number[] {
  return [...new Set([...CURVE_GAMMAS, gamma])].sort((a, b) => a - b);
}

/** Those that the report shows, with pictures. */
async function reportVideos(
  project: Project,
  evaluated: Evaluated,
  classes: readonly string[],
): Promise<ReportVideo[]> {
  const shown = shownVideos(judgedVideos(evaluated, classes));
  const illustrated: ReportVideo[] = [];
  for (let first = 0; first < shown.length; first += PACKS_AT_ONCE) {
    const some = shown.slice(first, first + PACKS_AT_ONCE);
    illustrated.push(...(await Promise.all(some.map((video) => withThumbnails(project, video)))));
  }
  return illustrated;
}

function judgedVideos({ predictions, videos }: Evaluated, classes: readonly string[]): ReportVideo[] {
  const judged = predictions.map((prediction, i) => ({
    prediction,
    truth: videos[i]?.label ?? null,
    moment: videos[i]?.moment ?? null,
  }));
  const contradictions = new Map(findContradictions(judged, classes).map((found) => [found.videoId, found]));
  return judged.map((video, i) => ({
    ...video,
    subject: videos[i]?.subject ?? null,
    heaviest: video.prediction.heaviest,
    contradiction: contradictions.get(video.prediction.videoId) ?? null,
    thumbnails: [],
  }));
}

async function withThumbnails(project: Project, video: ReportVideo): Promise<ReportVideo> {
  const { videoId, durationSec } = video.prediction;
  const { index, pack } = await openCropPack(packPathOf(project.cropsDir, videoId));
  return { ...video, thumbnails: await thumbnailsAt(pack, index, thumbnailTimes(durationSec)) };
}

/** How clips of some training videos were drawn: those with a labelled moment first, each of another class. */
async function samplingHistories(project: Project, { folder, manifest }: TrainedRun): Promise<SamplingHistory[]> {
  const train = new Set(manifest.splits.train);
  const candidates = project.listVideos().filter(({ id }) => train.has(id));
  const ranked = candidates.toSorted((a, b) => Number(b.moment !== null) - Number(a.moment !== null));
  const chosen = [...Map.groupBy(ranked, ({ label }) => label).values()].map(([first]) => first!);
  const records = await folder.readSamplingOf(chosen.map(({ id }) => id));
  const byVideo = Map.groupBy(records, ({ videoId }) => videoId);
  const shown = chosen.filter(({ id }) => byVideo.has(id)).slice(0, SAMPLING_HISTORIES);
  const { videos } = await preparedVideos(project, shown, manifest.classes);
  return videos.map((video) => {
    const [own, positions] = [byVideo.get(video.id) ?? [], sampledPositions(video, folder)];
    return {
      path: video.path,
      label: video.label === null ? '' : (manifest.classes[video.label] ?? ''),
      moment: video.moment,
      positions: areOtherClips(own, positions) ? null : positions,
      records: own,
    };
  });
}
