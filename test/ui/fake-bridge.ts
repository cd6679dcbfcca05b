import { AppError } from '../../src-main/contract/errors.ts';
import { EventQueue } from '../../src-main/contract/event-queue.ts';
import type { AppState } from '../../src-main/contract/window/app.ts';
import type { JobState } from '../../src-main/contract/window/jobs.ts';
import type { ImportPreview, LibraryEvent, LibraryVideo } from '../../src-main/contract/window/library.ts';
import type { WindowBridge } from '../../src-main/contract/window/window-api.ts';

export const LABELS = ['anger', 'fear', 'neutral'];

/** A program with a project of `count` videos that answers from memory and remembers what it was asked. */
export class FakeProgram {
  readonly asked: { name: string; input: unknown }[] = [];
  readonly appStates = new EventQueue<AppState>();
  readonly jobStates = new EventQueue<JobState[]>();
  readonly #videos: LibraryVideo[];
  readonly #answers: Record<string, (input: never) => unknown>;

  constructor({
    count = 40,
    answers = {},
  }: { count?: number; answers?: Record<string, (input: never) => unknown> } = {}) {
    this.#videos = Array.from({ length: count }, (_, i) => videoOf(i));
    this.#answers = { ...plainAnswers(this.#videos), ...answers };
    this.jobStates.push([]);
  }

  openProject(): void {
    this.appStates.push(stateWith({ dir: '/data/study', name: 'study', openedAt: '2026-11-23T10:00:00Z' }));
  }

  noProject(): void {
    this.appStates.push(stateWith(null));
  }

  /** Inputs of all calls of a name. */
  inputs(name: string): unknown[] {
    return this.asked.filter((one) => one.name === name).map(({ input }) => input);
  }

  get bridge(): WindowBridge {
    const call = async (name: string, input: unknown) => {
      this.asked.push({ name, input: structuredClone(input) });
      const answer = this.#answers[name];
      if (answer === undefined) throw new AppError('not-found', `No answer to ${name}.`);
      return answer(input as never);
    };
    const open = (name: string): AsyncIterable<unknown> => {
      if (name === 'app.events') return this.appStates;
      if (name === 'jobs.events') return this.jobStates;
      if (name in this.#answers) return this.#answers[name]!({} as never) as AsyncIterable<unknown>;
      return this.#list();
    };
    return { call, open } as unknown as WindowBridge;
  }

  #list(): AsyncIterable<LibraryEvent> {
    const events = new EventQueue<LibraryEvent>();
    events.push({ kind: 'videos', videos: this.#videos });
    const splitOf = this.#videos.map((_, i) => (i % 4 === 0 ? ('test' as const) : ('train' as const)));
    const leaks = [{ what: 'subject' as const, key: 'p1', sets: ['train' as const, 'test' as const] }];
    const split = { how: 'random' as const, subjectDisjoint: false, leaks, notes: [] };
    const quarantine = [{ path: 'broken.mp4', code: 'decode-failed', reason: 'it ends in the middle of a frame' }];
    events.push({ kind: 'overview', overview: { quarantine, split, splitProblem: null, splitOf, runs: ['run-1'] } });
    events.end();
    return events;
  }
}

function videoOf(i: number): LibraryVideo {
  const label = LABELS[i % 3]!;
  return {
    ...{ id: i.toString(16).padStart(16, '0'), path: `clips/${label}-${i}.mp4`, kind: 'file', label },
    ...{ subject: `p${i % 5}`, performance: null, declaredSplit: null, moment: null, durationSec: 3 + i / 10 },
  };
}

function stateWith(project: AppState['project']): AppState {
  const ready = { state: 'ready' as const, lost: null };
  return { project, requestedProject: null, projectProcess: ready, computeProcess: ready, refusedRequests: 0 };
}

const media = {
  ...{ kind: 'file', codec: 'h264', width: 640, height: 480, rotation: 0, durationSec: 3, frameCount: 75 },
  ...{ averageFps: 25, variableFrameRate: false, startSec: 0 },
};

function plainAnswers(videos: readonly LibraryVideo[]): Record<string, (input: never) => unknown> {
  const people = [
    { person: 1, share: 0.9 },
    { person: 2, share: 0.4 },
  ];
  const verdict = { predicted: 'fear', probability: 0.8, heaviest: { startSec: 1, endSec: 2 } };
  const contradiction = { shows: 'fear', reason: 'other-expression', severity: 0.7 };
  const kept = { files: 3, bytes: 3000 };
  return {
    'app.info': () => ({ version: '0.1.0', platform: 'linux', electron: null, sampleDir: '/data/sample' }),
    'app.device': () => ({
      name: 'wasm',
      device: 'A processor',
      why: 'fastest engine; self-test passed',
      threads: 2,
      features: { wide: true },
    }),
    'app.recentProjects': () => [{ dir: '/data/old', name: 'old', openedAt: '2026-11-20T10:00:00Z', missing: true }],
    'app.preferences': () => ({
      theme: 'system',
      rater: '',
      keys: {},
      panels: {},
      engine: { threads: 0, wideKernels: true },
    }),
    'app.setPreferences': (input) => input,
    'app.privacy': () => ({ networkAllowed: false, refusedRequests: 0, lastRefused: [] }),
    'library.faces': () =>
      videos.map(({ id }, i) => ({ id, coverage: i === 2 ? 0.5 : 1, people, cropped: 1, chosen: null })),
    'library.missing': () => [videos[5]?.id].filter((id) => id !== undefined),
    'library.verdicts': () =>
      videos.slice(0, 4).map(({ id }, i) => ({ id, ...verdict, contradiction: i === 0 ? contradiction : null })),
    'library.thumbnails': ({ videos: wanted }: { videos: unknown[] }) => wanted.map(() => null),
    'library.people': () => [],
    'guesses.runs': () => [],
    'guesses.queue': () => [],
    'guesses.video': () => null,
    'library.previewImport': () => PREVIEW,
    'library.video': ({ id }: { id: string }) => ({
      id,
      place: '/data/x.mp4',
      missing: false,
      media,
      sizeBytes: 1,
      faces: 'auto',
      attributes: {},
    }),
    'jobs.start': () => ({ id: 7 }),
    'library.describe': () => null,
    'library.choosePerson': () => null,
    'settings.undo': () => ({ done: [], undone: [] }),
    'settings.storeUndo': () => null,
    'settings.cacheSize': () => ({ crops: kept, runs: kept, pictures: kept }),
  };
}

const PREVIEW: ImportPreview = {
  ...{ layout: 'csv', why: 'labels.csv has the columns path and label', videos: 3, unlabelled: 1, subjects: 2 },
  ...{ perClass: { anger: 1, fear: 1 }, declaredSplits: { train: 2 }, withMoment: 1, notes: ['A note.'] },
  problems: [{ path: 'gone.mp4', reason: 'labels.csv lists it, and it is not there' }],
  examples: [
    { path: 'a.mp4', label: 'anger', subject: 'Ada' },
    { path: 'b.mp4', label: null, subject: null },
  ],
};
