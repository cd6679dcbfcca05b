/**
 * How long the project process is busy with the questions of the Label and Inspect tabs, in a project of 10,000 videos
 * that three people and an import labelled, with a run that was evaluated on a fifth of them.
 * In processor time of its thread, so that other work on the machine hardly counts.
 * `node bench/window-calls-10000.ts [--save] [--count N]`
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { VideoPrediction } from '../src-main/contract/records.ts';
import { Rng } from '../src-main/data/rng.ts';
import type { NewVideo, Project } from '../src-main/store/project.ts';
import { CLASSES, makeEvaluatedProject } from '../test/support/evaluated-project.ts';
import { openWindowApi } from '../test/support/window-api.ts';
import { publishResult } from './save-result.ts';

const RUN = 'run-1';
const RATERS = ['Ada', 'Ben', 'Cleo'];
const ROUNDS = 7;
/** Videos of the evaluated split. */
const SHARE = 0.2;

const { values: options } = parseArgs({
  options: { save: { type: 'boolean', default: false }, count: { type: 'string', default: '10000' } },
});
const count = Number(options.count);

function addVideos(project: Project): void {
  const { media, kind, faces, attributes } = project.listVideos()[0]!;
  const timesSec = Float64Array.from({ length: media.frameCount }, (_, t) => t / media.averageFps);
  const videos = Array.from({ length: count }, (_, i): NewVideo => {
    const said = {
      label: CLASSES[i % CLASSES.length]!,
      subject: `person-${i % 200}`,
      declaredSplit: null,
      moment: null,
    };
    const contentHash = (i + 1).toString(16).padStart(64, '0').split('').reverse().join('');
    const absolutePath = path.join(project.dir, '..', 'videos', `clip-${i}.mp4`);
    return {
      kind,
      faces,
      attributes,
      media,
      timesSec,
      performance: null,
      sizeBytes: 1,
      ...said,
      contentHash,
      absolutePath,
    };
  });
  project.addVideos(videos);
}

/** Each person labels two thirds, mostly as the import did. */
function addOpinions(project: Project): void {
  const rng = new Rng(1);
  const videos = project.listVideos();
  for (const who of RATERS) {
    const labelled = videos.filter(() => rng.next() < 2 / 3);
    project.labels.add(
      labelled.map(({ id, label }) => {
        const said = rng.next() < 0.8 ? label : CLASSES[rng.integer(CLASSES.length)]!;
        return { videoId: id, who, source: 'person' as const, label: said, holds: false };
      }),
    );
  }
}

async function addPredictions(project: Project): Promise<void> {
  const file = path.join(project.runsDir, RUN, 'predictions-test.json');
  const [one] = JSON.parse(await readFile(file, 'utf8')) as VideoPrediction[];
  const predicted = project.listVideos().filter((_, i) => i % Math.round(1 / SHARE) === 0);
  await writeFile(file, JSON.stringify(predicted.map(({ id, path: place }) => ({ ...one, videoId: id, path: place }))));
}

const cpuMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** Processor time of this thread, and the longest stretch of it in which nobody else had a turn, milliseconds. */
async function busy(work: () => Promise<unknown>): Promise<{ totalMs: number; stretchMs: number }> {
  const startMs = cpuMs();
  let [stretchMs, turnMs, over] = [0, startMs, false];
  const turn = () => {
    stretchMs = Math.max(stretchMs, cpuMs() - turnMs);
    turnMs = cpuMs();
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  turn();
  over = true;
  return { totalMs: cpuMs() - startMs, stretchMs };
}

/** The first answer, and the median of later ones. */
async function measured(work: () => Promise<unknown>) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await busy(work));
  const [first, ...later] = rounds;
  const medianOf = (key: 'totalMs' | 'stretchMs') => {
    const sorted = later.map((one) => one[key]).toSorted((x, y) => x - y);
    return Number(sorted[sorted.length >> 1]!.toFixed(1));
  };
  return {
    first: { totalMs: Number(first!.totalMs.toFixed(1)), stretchMs: Number(first!.stretchMs.toFixed(1)) },
    later: { totalMs: medianOf('totalMs'), stretchMs: medianOf('stretchMs') },
  };
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'apexscope-bench-'));
try {
  const dir = path.join(folder, 'project');
  await makeEvaluatedProject(dir, RUN);
  using api = openWindowApi(dir);
  addVideos(api.project);
  addOpinions(api.project);
  await addPredictions(api.project);
  const asRater = { rater: 'Ada', blind: false };
  const split = { run: RUN, split: 'test' as const };
  const videoId = api.project.listVideos().at(-1)!.id;
  /** A label was given: what is kept of the answer before counts no more. */
  const say = () => api.call('label.set', { videoId, who: 'Ada', label: CLASSES[0]! });
  await publishResult(
    'window-calls-10000',
    {
      videos: count,
      raters: RATERS.length,
      'label.overview': await measured(() => api.call('label.overview', asRater)),
      'label.overview after a label': await measured(() => say().then(() => api.call('label.overview', asRater))),
      'label.agreement': await measured(() => api.call('label.agreement', { raters: RATERS })),
      'label.agreement after a label': await measured(() =>
        say().then(() => api.call('label.agreement', { raters: RATERS })),
      ),
      'label.video': await measured(() => api.call('label.video', { videoId, ...asRater })),
      'label.set': await measured(say),
      'inspect.labels': await measured(() => api.call('inspect.labels', split)),
      'inspect.evaluated': await measured(() => api.call('inspect.evaluated', split)),
    },
    options.save,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
