import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Handlers } from '../../contract/rpc.ts';
import type { inspectRoom } from '../../contract/window/inspect.ts';
import {
  evaluatedSplit,
  inspectedRuns,
  labelsNow,
  readEvaluation,
  readPredictions,
} from '../../compute/inspect/evaluated-split.ts';
import { exportTables, saveFigure } from '../../compute/inspect/exports.ts';
import { sampledVideos, samplingHistory, setOfVideo } from '../../compute/inspect/sampling-history.ts';
import { splitIntervals } from '../../compute/inspect/split-intervals.ts';
import { playedVideo } from '../../compute/labels/labelled-video.ts';
import { openRunFolder } from '../../store/run-folder.ts';
import type { ProjectContext } from './project-context.ts';

export const inspectHandlers: Handlers<typeof inspectRoom, ProjectContext> = {
  runs: ({ project }) => inspectedRuns(project),
  evaluation: ({ project }, which) => readEvaluation(project, which),
  predictions: ({ project }, which) => readPredictions(project, which),
  evaluated: ({ project }, which) => evaluatedSplit(project, which),
  labels: ({ project }, which) => labelsNow(project, which),
  intervals: ({ project }, which) => splitIntervals(project, which),
  setOf: ({ project }, { run, videoId }) => setOfVideo(project, run, videoId),
  played: ({ project }, { videoId }) => playedVideo(project, videoId),
  sampledVideos: ({ project }, { run }) => sampledVideos(project, run),
  sampling: ({ project }, { run, videoId }) => samplingHistory(project, run, videoId),
  exportTables: ({ project }, request) => exportTables(project, request),
  saveFigure: ({ project }, request) => saveFigure(project, request),
  report: async ({ project }, { run, split }) => {
    const { dir } = await openRunFolder(project.runsDir, run);
    const file = path.join(dir, split === 'test' ? 'report.html' : `report-${split}.html`);
    return existsSync(file) ? { path: file } : null;
  },
};
