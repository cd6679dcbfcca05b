/** What a run decided, beside what people say, in formats of timelines: the run stands there as one more rater. */
import path from 'node:path';
import { writeElan } from '../../data/annotations/elan.ts';
import type { AnnotatedVideo, Annotation } from '../../data/annotations/segments.ts';
import { writeWebVtt } from '../../data/annotations/webvtt.ts';
import type { Project } from '../../store/project.ts';
import { uniqueNames } from '../labels/export-labels.ts';
import type { Evidence } from './evidence-tables.ts';

/** One ELAN document a video, by file name. */
export function evidenceInElan(evidence: Evidence, project: Project, folder: string): Record<string, string> {
  const date = new Date().toISOString();
  return eachVideo(evidence, project, '.eaf', (video) => {
    const relativePath = path.relative(folder, video.place).split(path.sep).join('/');
    return writeElan(video, { date, classes: evidence.classes, relativePath });
  });
}

/** One WebVTT file a video, by file name. */
export function evidenceInWebVtt(evidence: Evidence, project: Project): Record<string, string> {
  return eachVideo(evidence, project, '.vtt', writeWebVtt);
}

function eachVideo(
  { run, videos }: Evidence,
  project: Project,
  extension: string,
  textOf: (video: AnnotatedVideo) => string,
): Record<string, string> {
  const names = uniqueNames(videos.map(({ video }) => video));
  return Object.fromEntries(
    videos.map((one, i) => [`${names[i]}${extension}`, textOf(annotatedVideo(one, run, project))]),
  );
}

function annotatedVideo(
  { video, prediction }: Evidence['videos'][number],
  run: string,
  project: Project,
): AnnotatedVideo {
  const { id, path: stored, subject, declaredSplit, contentHash, media } = video;
  const { durationSec, frameCount, averageFps, variableFrameRate, startSec } = media;
  const decided: Annotation = {
    ...annotation(`run ${run}`, prediction.label),
    moment: prediction.heaviest === null ? null : { ...prediction.heaviest },
    confidence: prediction.label === null ? null : (prediction.probabilities[prediction.label] ?? null),
    note: prediction.note ?? null,
  };
  const said = { ...annotation('label', video.label), moment: video.moment };
  return {
    ...{ id, path: stored, place: project.mediaPath(id), subject, declaredSplit, contentHash },
    ...{ durationSec, frameCount, averageFps, variableFrameRate, startSec },
    timesSec: project.frameIndex(id).timesSec,
    annotations: video.label === null ? [decided] : [said, decided],
  };
}

function annotation(rater: string, label: string | null): Annotation {
  return { rater, label, rejected: false, moment: null, confidence: null, note: null };
}
