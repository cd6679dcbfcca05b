import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, ConsoleMessage, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../../src-main/report/render-report.ts';
import { chromiumMissing, launchChromium } from '../../support/chromium.ts';
import { exampleReport } from './example-report.ts';

const missing = chromiumMissing();
const folder = mkdtempSync(path.join(os.tmpdir(), 'apexscope-report-'));
const file = path.join(folder, 'report.html');
const complaints: string[] = [];
const requests: string[] = [];
let browser: Browser;
let page: Page;

describe.skipIf(missing !== null)(`the report in a browser${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  beforeAll(async () => {
    writeFileSync(file, renderReport(exampleReport()));
    browser = await launchChromium();
    page = await browser.newPage();
    page.on('console', (message: ConsoleMessage) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const visible = () => page.locator('details.video:not([hidden])').evaluateAll((cards) => cards.map(({ id }) => id));

  it('filters the videos by the buttons', async () => {
    expect(await visible()).toEqual(['v-wrong', 'v-dark', 'v-outside', 'v-right']);
    await page.click('[data-show="wrong"]');
    expect(await visible()).toEqual(['v-wrong', 'v-dark']);
    await page.click('[data-show="contradicting"]');
    expect(await visible()).toEqual(['v-wrong', 'v-outside']);
    await page.click('[data-show="all"]');
  });

  it('filters the videos by a cell of the confusion matrix, and back', async () => {
    await page.click('.confusion button[data-truth="fear"][data-predicted="anger"]');
    expect(await visible()).toEqual(['v-wrong']);
    expect(await page.textContent('.cell-filter')).toContain('1 video labelled fear, predicted anger');
    await page.click('.cell-filter button');
    expect(await visible()).toHaveLength(4);
  });

  it('pools the clips of a video anew under the gamma lens, and goes back', async () => {
    const card = page.locator('#v-right');
    const before = await card.innerHTML();
    await card.locator('input[type=range]').fill('100');
    expect(await card.locator('output').textContent()).toBe('γ maximum: fear');
    expect(await card.locator('.probabilities .chosen').textContent()).toContain('fear');
    await card.locator('input[type=range]').fill('0');
    expect(await card.locator('output').textContent()).toBe('γ 0, average: anger');
    // The mean of the logits is [1, -1.375, 0]; their softmax gives anger 68.5 %.
    expect(await card.locator('.probabilities .chosen').textContent()).toMatch(/anger.*68\.5/s);
    await card.locator('.ends button').click();
    expect(await card.innerHTML()).toBe(before);
  });

  it('asks for nothing, and breaks no rule of its content policy', () => {
    expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([pathToFileURL(file).href]);
    expect(complaints).toEqual([]);
  });
});
