import { readFile } from 'node:fs/promises';
import { AppError } from '../../contract/errors.ts';
import type { VideoPrediction } from '../../contract/records.ts';
import type { VideoVerdict } from '../../contract/window/library.ts';
import { findContradictions } from '../../infer/contradictions.ts';
import type { Contradiction } from '../../infer/contradictions.ts';
import type { Project } from '../../store/project.ts';
import { openRunFolder } from '../../store/run-folder.ts';
import { predictionFiles } from './overview.ts';

/**
 * What a run said of the videos that it was evaluated on, judged by the labels that hold now.
 * @throws AppError `not-found` for an unknown run, `corrupt` for predictions that cannot be read
 */
export async function libraryVerdicts(project: Project, run: string): Promise<VideoVerdict[]> {
  const folder = await openRunFolder(project.runsDir, run);
  const files = predictionFiles(project, run);
  const predictions = (await Promise.all(files.map(readPredictions))).flat();
  const videos = new Map(project.listVideos().map((video) => [video.id, video]));
  const judged = predictions
    .filter(({ videoId }) => videos.has(videoId))
    .map((prediction) => {
      const { label: truth, moment } = videos.get(prediction.videoId)!;
      return { prediction, truth, moment };
    });
  const found = findContradictions(judged, folder.manifest.classes);
  const contradictions = new Map(found.map((contradiction) => [contradiction.videoId, contradiction]));
  return judged.map(({ prediction }) => verdictOf(prediction, contradictions.get(prediction.videoId)));
}

function verdictOf(prediction: VideoPrediction, contradiction: Contradiction | undefined): VideoVerdict {
  const { videoId, label, probabilities, heaviest } = prediction;
  return {
    id: videoId,
    predicted: label,
    probability: label === null ? 0 : (probabilities[label] ?? 0),
    heaviest: heaviest === null ? null : { startSec: heaviest.startSec, endSec: heaviest.endSec },
    contradiction:
      contradiction === undefined
        ? null
        : { shows: contradiction.shows, reason: contradiction.reason, severity: contradiction.severity },
  };
}

async function readPredictions(file: string): Promise<VideoPrediction[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as VideoPrediction[];
  } catch (cause) {
    throw new AppError('corrupt', `${file} cannot be read.`, { hint: 'Evaluate the run again.', cause });
  }
}
