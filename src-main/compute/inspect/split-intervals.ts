import type { SplitIntervals, SubjectFigures } from '../../contract/window/inspect.ts';
import { Rng } from '../../data/rng.ts';
import { bootstrapIntervals } from '../../infer/bootstrap.ts';
import type { Outcome } from '../../infer/bootstrap.ts';
import type { Project } from '../../store/project.ts';
import { openRunFolder } from '../../store/run-folder.ts';
import { videosOfSplit } from './evaluated-split.ts';
import type { SplitOfRun } from './evaluated-split.ts';

/**
 * Intervals of an evaluation under the labels of now, drawn as `evaluate` draws them: with unchanged labels WAR and UAR
 * have the intervals that are stored. Null where no video has a label that the run knows.
 */
export async function splitIntervals(project: Project, which: SplitOfRun): Promise<SplitIntervals | null> {
  const { classes, seed } = (await openRunFolder(project.runsDir, which.run)).manifest;
  const outcomes = (await videosOfSplit(project, which)).flatMap(({ prediction, video }): Outcome[] => {
    const truth = video.label === null ? -1 : classes.indexOf(video.label);
    return truth < 0 ? [] : [{ truth, correct: prediction.label === video.label, subject: video.subject }];
  });
  if (outcomes.length === 0) return null;
  const rng = new Rng(seed);
  return {
    ...bootstrapIntervals(outcomes, classes.length, rng.fork('bootstrap')),
    subjects: subjectFigures(outcomes, classes.length, rng.fork('subjects')),
  };
}

/** Worst first. Videos without a subject are in none. */
function subjectFigures(outcomes: readonly Outcome[], classes: number, rng: Rng): SubjectFigures[] {
  const known = outcomes.filter(({ subject }) => subject !== null);
  const figures = [...Map.groupBy(known, ({ subject }) => subject!)].map(([subject, own]) => {
    const videos = own.map((outcome) => ({ ...outcome, subject: null }));
    const right = own.filter(({ correct }) => correct).length;
    return { subject, n: own.length, war: right / own.length, interval: bootstrapIntervals(videos, classes, rng).war };
  });
  return figures.sort((a, b) => a.war - b.war || a.subject.localeCompare(b.subject, 'en', { numeric: true }));
}
