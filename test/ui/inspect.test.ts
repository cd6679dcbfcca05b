/** The Inspect tab in a real Chromium: what decided, the lens, the cells, the queue and its keys, and axe. */
import { page, userEvent } from 'vitest/browser';
import { beforeEach, describe, expect, it } from 'vitest';
import { evaluatedAnswers } from './evaluated-run.ts';
import { FakeProgram } from './fake-bridge.ts';
import { openWindow, seriousFindings } from './open-window.ts';

beforeEach(() => page.viewport(1280, 800));

async function openInspect() {
  const program = new FakeProgram({ answers: evaluatedAnswers() });
  program.openProject();
  const opened = await openWindow(program);
  await page.getByRole('tab', { name: 'Inspect' }).click();
  await expect.element(page.getByRole('region', { name: 'Decision' })).toBeVisible();
  return { program, ...opened };
}

const decision = page.getByRole('region', { name: 'Decision' });
const decisionText = () => decision.element().textContent.replace(/\s+/g, ' ');
const says = (text: string) => expect.poll(decisionText).toContain(text);

describe('a video', () => {
  it('says what was decided, by which moment, and that it contradicts the label', async () => {
    await openInspect();
    await says('fear 9');
    await says('Against the label');
    await says('The label says anger.');
    await says('Heaviest clip lies outside the labelled moment.');
    await expect
      .element(page.getByRole('slider', { name: 'Playhead' }))
      .toHaveAttribute('aria-valuetext', 'frame 23, 0.92 seconds');
  });

  it('is stepped by frames with the keyboard', async () => {
    await openInspect();
    (document.activeElement as HTMLElement).blur();
    await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowLeft}');
    await expect
      .poll(() => page.getByRole('slider', { name: 'Playhead' }).element().getAttribute('aria-valuenow'))
      .toBe('0.96');
  });
});

describe('the lens', () => {
  it('flips the decision at the average, bends the figures of the split, and comes back', async () => {
    await openInspect();
    const slider = page.getByRole('slider', { name: /γ, from average/ });
    await slider.fill('0');
    await says('flips at γ 0 (average)');
    await expect.element(page.getByText(/1 video of 9 would flip/)).toBeVisible();
    await expect.element(page.getByText(/100.0\s%/).first()).toBeVisible();
    await userEvent.keyboard('g');
    await expect.poll(decisionText).not.toContain('flips at');
  });
});

describe('figures', () => {
  it('say what they rest on, and what of the split was not judged', async () => {
    await openInspect();
    await page.getByRole('button', { name: /^Protocol: / }).click();
    await expect.element(page.getByText('people disjoint from training')).toBeVisible();
    await expect.element(page.getByText('2 videos of the split have left the project.')).toBeVisible();
  });

  it('open the videos of a cell of the confusion matrix', async () => {
    await openInspect();
    await userEvent.keyboard('v');
    await page.getByRole('button', { name: '1 of 3 labelled anger, decided fear' }).click();
    await expect.element(page.getByText('anger → fear')).toBeVisible();
    expect(document.querySelectorAll('[role=listbox] [role=option]').length).toBe(1);
  });

  it('are saved as SVG that carries its own colours', async () => {
    const { program } = await openInspect();
    await userEvent.keyboard('v');
    await page.getByRole('button', { name: 'Save Confusion' }).click();
    await page.getByRole('menuitem', { name: 'Save as SVG' }).click();
    await expect.poll(() => program.inputs('inspect.saveFigure').length).toBe(1);
    const [{ name, picture }] = program.inputs('inspect.saveFigure') as [{ name: string; picture: string }];
    expect(name).toBe('confusion');
    expect(picture).toMatch(/^<svg[^>]* xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(picture).toMatch(/fill="rgb/);
    expect(picture).not.toMatch(/class="|var\(--/);
  });
});

describe('the queue of contradictions', () => {
  it('takes another label by one key, which can be undone', async () => {
    const { program, session } = await openInspect();
    await userEvent.keyboard('q');
    await expect.element(page.getByRole('listbox', { name: 'Videos' }).getByRole('option')).toBeVisible();
    await userEvent.keyboard('2');
    await expect.poll(() => program.inputs('label.set')).toMatchObject([{ label: 'fear', note: null }]);
    expect(session.undo.nextUndo).toBe('Label fear');
  });

  it('lets a label stand by one key', async () => {
    const { program } = await openInspect();
    await userEvent.keyboard('0');
    await expect
      .poll(() => program.inputs('label.set'))
      .toMatchObject([{ label: 'anger', note: expect.stringContaining('confirmed') }]);
  });
});

describe('axe finds nothing serious', () => {
  it.each(['light', 'dark'] as const)('in %s', async (theme) => {
    const { session } = await openInspect();
    session.theme.apply(theme);
    // Why: colours fade from one theme to the other.
    await expect.poll(seriousFindings).toEqual([]);
    await userEvent.keyboard('v');
    await expect.element(page.getByRole('heading', { name: 'Confusion' })).toBeVisible();
    await expect.poll(seriousFindings).toEqual([]);
    await userEvent.keyboard('v');
    await expect.element(page.getByRole('slider', { name: 'Epoch' })).toBeVisible();
    await expect.poll(seriousFindings).toEqual([]);
  });
});

describe('attention', () => {
  const weights = Float32Array.from({ length: 2 * 9 }, (_, i) => (i === 4 || i === 9 ? 0.6 : 0.05));

  async function openAttentive(model: string) {
    const answers = evaluatedAnswers();
    const [run] = answers['inspect.runs']!({} as never) as object[];
    const maps = { run: 'run-1', videoId: '0'.repeat(16), hops: 2, rows: 3, columns: 3 };
    const output = { ...maps, frames: Array.from({ length: 55 }, () => weights) };
    const program = new FakeProgram({
      answers: {
        ...answers,
        'inspect.runs': () => [{ ...run, model }],
        'jobs.start': () => ({ id: 7 }),
        'jobs.wait': () => ({ kind: 'attention', output }),
      },
    });
    program.openProject();
    await openWindow(program);
    await page.getByRole('tab', { name: 'Inspect' }).click();
    await expect.element(page.getByRole('region', { name: 'Decision' })).toBeVisible();
    (document.activeElement as HTMLElement).blur();
    return program;
  }

  it('is computed for the shown video by a key, drawn over its face, and goes by the same key', async () => {
    const program = await openAttentive('spatial-attention');
    await userEvent.keyboard('a');
    const map = page.getByRole('img', { name: /Where the network looks in frame/ });
    await expect.element(map).toBeVisible();
    expect(map.element().querySelectorAll('rect')).toHaveLength(9);
    expect(map.element().textContent.replace(/\s/g, '')).toBe('12');
    expect(program.inputs('jobs.start')).toEqual([{ kind: 'attention', run: 'run-1', videoId: '0'.repeat(16) }]);
    await userEvent.keyboard('a');
    await expect.element(map).not.toBeInTheDocument();
    await userEvent.keyboard('a');
    await expect.element(map).toBeVisible();
    expect(program.inputs('jobs.start')).toHaveLength(1);
  });

  it('is not offered for a network that weighs no places', async () => {
    const program = await openAttentive('small3d');
    await userEvent.keyboard('a');
    await expect.element(page.getByRole('button', { name: /Where the network looks/ })).not.toBeInTheDocument();
    expect(program.inputs('jobs.start')).toEqual([]);
  });
});
