/** Guesses of a semi-weak run in a real Chromium, in the Label tab and in Inspect: heat strip, ghost bars, keys, axe. */
import { page, userEvent } from 'vitest/browser';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RejectedGuess } from '../../src-main/contract/window/guesses.ts';
import type { LabelLine, Opinion } from '../../src-main/contract/window/label.ts';
import { evaluatedAnswers } from './evaluated-run.ts';
import { FakeProgram, LABELS } from './fake-bridge.ts';
import { openWindow, seriousFindings } from './open-window.ts';

const idOf = (i: number) => i.toString(16).padStart(16, '0');
const SEGMENTS = [
  { firstFrame: 10, lastFrame: 25, startSec: 0.4, endSec: 1.04, label: 'fear', confidence: 0.9 },
  { firstFrame: 40, lastFrame: 55, startSec: 1.6, endSec: 2.24, label: 'anger', confidence: null },
];

/** Three videos, of which the second has a label; the run learns most from the third. */
function labelAnswers(): Record<string, (input: never) => unknown> {
  const journal: { videoId: string; label: string; moment: unknown; key: string }[] = [];
  const saidOf = (id: string): Opinion | null => {
    const last = journal.findLast(({ videoId }) => videoId === id);
    const at = { at: '2026-11-23T10:00:00Z', who: 'Ada', source: 'person' as const, confidence: null, note: null };
    if (last) return { ...at, rejected: false, label: last.label, moment: last.moment as Opinion['moment'] };
    return id === idOf(1) ? { ...at, rejected: false, label: 'anger', moment: null } : null;
  };
  const lineOf = (i: number): LabelLine => ({
    ...{ id: idOf(i), path: `clips/video-${i}.mp4`, kind: 'file', durationSec: 3, raters: 0, differ: false },
    ...{ holds: saidOf(idOf(i)), mine: saidOf(idOf(i)) },
  });
  const rejected = new Map<string, RejectedGuess>();
  const keyOf = ({ label, moment }: RejectedGuess) => `${label} ${moment.startSec}`;
  const guessesLeft = () => {
    const segments = SEGMENTS.filter(({ label, startSec }) => !rejected.has(`${label} ${startSec}`));
    return { segments, hidden: SEGMENTS.length - segments.length, rejections: [...rejected.values()] };
  };
  const guessed = { label: null, guess: 'fear', confidence: 0.9, entropy: 0.8, disagreement: 0.9 };
  const isOpen = (id: string) => saidOf(id)?.moment == null;
  return {
    'label.overview': () => ({ raters: ['Ada'], classes: LABELS, videos: [0, 1, 2].map(lineOf) }),
    'label.video': ({ videoId }: { videoId: string }) => ({
      ...{ id: videoId, path: 'clips/video.mp4', subject: null, others: [], history: [] },
      media: {
        ...{ kind: 'file', codec: 'h264', width: 64, height: 48, rotation: 0, durationSec: 3, frameCount: 75 },
        ...{ averageFps: 25, variableFrameRate: false, startSec: 0 },
      },
      timesSec: Float64Array.from({ length: 75 }, (_, t) => t / 25),
      playback: { how: 'none', why: 'A test has no file.', canMake: false },
      ...{ holds: saidOf(videoId), mine: saidOf(videoId) },
    }),
    'label.set': (said: (typeof journal)[number]) => journal.push(said) && {},
    'label.withdraw': ({ key }: { key: string }) => {
      const at = journal.findIndex((said) => said.key === key);
      return { withdrawn: journal.splice(at, 1).length };
    },
    'label.judgeGuesses': (said: { rejected: boolean; guesses: RejectedGuess[] }) => {
      for (const one of said.guesses) {
        if (said.rejected) rejected.set(keyOf(one), one);
        else rejected.delete(keyOf(one));
      }
      return null;
    },
    'guesses.runs': () => ['few-1', 'few-2'],
    'guesses.queue': () => [2, 0, 1].map((i) => ({ ...guessed, id: idOf(i) })).filter(({ id }) => isOpen(id)),
    'guesses.video': ({ run, videoId }: { run: string; videoId: string }) =>
      isOpen(videoId) && {
        ...{ run, videoId, durationSec: 3, ...guessesLeft() },
        heat: Array.from({ length: 60 }, (_, p) => ({ startSec: p / 25, endSec: (p + 16) / 25, shade: p / 59 })),
      },
    'guesses.curve': () => ({
      points: [
        { run: 'few-1', method: 'sampled', moments: 10, labels: 80, war: 0.4 },
        { run: 'few-2', method: 'sampled', moments: 20, labels: 70, war: 0.55 },
      ],
      momentsNow: 23,
    }),
  };
}

beforeEach(() => page.viewport(1280, 800));

async function openLabel() {
  const program = new FakeProgram({ answers: labelAnswers() });
  program.openProject();
  const opened = await openWindow(program);
  await page.getByRole('tab', { name: 'Label' }).click();
  await expect.element(page.getByRole('button', { name: /^Guess: fear from 0.40/ })).toBeVisible();
  return { program, ...opened };
}

const guess = (name: RegExp) => page.getByRole('button', { name });

describe('in the Label tab', () => {
  it('one key confirms a ghost bar, which is then label and moment, and undo takes it back', async () => {
    const { program } = await openLabel();
    await userEvent.keyboard('y');
    await expect
      .poll(() => program.inputs('label.set'))
      .toMatchObject([{ videoId: idOf(0), label: 'fear', moment: { startSec: 0.4, endSec: 1.04 } }]);
    await expect.element(guess(/^Guess: fear/)).not.toBeInTheDocument();
    await userEvent.keyboard('{Control>}z{/Control}');
    await expect.poll(() => program.inputs('label.withdraw')).toHaveLength(1);
    await expect.element(guess(/^Guess: fear/)).toBeVisible();
  });

  it('one key goes to the next bar and one rejects it, and rejected ones come back when asked for', async () => {
    const { program } = await openLabel();
    await userEvent.keyboard('j');
    await expect.element(guess(/^Guess: anger/)).toHaveAttribute('aria-pressed', 'true');
    await userEvent.keyboard('r');
    await expect.element(guess(/^Guess: anger/)).not.toBeInTheDocument();
    const moment = { startSec: 1.6, endSec: 2.24 };
    await expect
      .poll(() => program.inputs('label.judgeGuesses'))
      .toMatchObject([{ videoId: idOf(0), rejected: true, guesses: [{ run: 'few-2', label: 'anger', moment }] }]);
    await userEvent.keyboard('r');
    await expect.element(page.getByText(/No guess is left for this video/)).toBeVisible();
    await page.getByRole('button', { name: 'Show 2 rejected again' }).click();
    await expect.element(guess(/^Guess: anger/)).toBeVisible();
    expect(program.inputs('label.set')).toEqual([]);
  });

  it('a rejection is undone and done again like a label', async () => {
    await openLabel();
    await userEvent.keyboard('r');
    await expect.element(guess(/^Guess: fear/)).not.toBeInTheDocument();
    await userEvent.keyboard('{Control>}z{/Control}');
    await expect.element(guess(/^Guess: fear/)).toBeVisible();
    await userEvent.keyboard('{Control>}{Shift>}z{/Shift}{/Control}');
    await expect.element(guess(/^Guess: fear/)).not.toBeInTheDocument();
    await expect.element(page.getByRole('button', { name: 'Show 1 rejected again' })).toBeVisible();
  });

  it('one key lists the videos by what their label would teach, and opens the first', async () => {
    await openLabel();
    await userEvent.keyboard('w');
    await expect.element(page.getByRole('heading', { name: 'video-2.mp4' })).toBeVisible();
    await expect.poll(() => page.getByRole('option', { name: /video-/ }).elements()).toHaveLength(3);
    const names = page
      .getByRole('option', { name: /video-/ })
      .elements()
      .map((one) => /video-\d/.exec(one.textContent)?.[0]);
    expect(names).toEqual(['video-2', 'video-0', 'video-1']);
  });

  it('a rater who labels blind sees no guess', async () => {
    const { program } = await openLabel();
    await userEvent.keyboard('b');
    await expect.element(guess(/^Guess: fear/)).not.toBeInTheDocument();
    await userEvent.keyboard('y');
    expect(program.inputs('label.set')).toEqual([]);
  });

  it('shows the labels so far against accuracy', async () => {
    await openLabel();
    await userEvent.keyboard('k');
    await expect.element(page.getByRole('dialog', { name: 'Labels so far' })).toBeVisible();
    await expect.element(page.getByText(/23 videos of the project have one now/)).toBeVisible();
    await expect.element(page.getByRole('row', { name: /few-2 sampled 20 70 55/ })).toBeVisible();
  });
});

describe('in Inspect', () => {
  it('the same bars stand under the history of a training video and take the same key', async () => {
    const program = new FakeProgram({ answers: { ...evaluatedAnswers(), ...labelAnswers() } });
    program.openProject();
    await openWindow(program);
    await page.getByRole('tab', { name: 'Inspect' }).click();
    await userEvent.keyboard('vv');
    await expect.element(guess(/^Guess: fear/)).toBeVisible();
    await userEvent.keyboard('jy');
    await expect.poll(() => program.inputs('label.set')).toMatchObject([{ label: 'anger', who: 'window' }]);
  });
});

describe('axe finds nothing serious', () => {
  it.each(['light', 'dark'] as const)('in %s', async (theme) => {
    const { session } = await openLabel();
    session.theme.apply(theme);
    await expect.poll(seriousFindings).toEqual([]);
    await userEvent.keyboard('k');
    await expect.element(page.getByRole('dialog', { name: 'Labels so far' })).toBeVisible();
    await expect.poll(seriousFindings).toEqual([]);
  });
});
