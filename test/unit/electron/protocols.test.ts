import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../src-main/contract/errors.ts';
import { faceUrl, videoUrl } from '../../../src-main/contract/window/media-url.ts';
import { parseRange } from '../../../src-main/electron/file-response.ts';
import { mediaResponse } from '../../../src-main/electron/media-protocol.ts';
import { isPageUrl, pageResponse } from '../../../src-main/electron/page-protocol.ts';

const ID = '0123456789abcdef';
const CONTENT = 'abcdefghij';
let folder: string;
let page: string;
let video: string;
const asked: string[] = [];

const projects = {
  mediaFile: (id: string) => {
    asked.push(id);
    if (id !== ID) return Promise.reject(new AppError('not-found', `There is no video ${id}.`));
    return Promise.resolve({ path: video, sizeBytes: CONTENT.length });
  },
  face: (id: string, frame: number) => Promise.resolve(Uint8Array.of(id.length, frame)),
};

const getMedia = (url: string, range: string | null = null) =>
  mediaResponse(projects, { url, headers: { get: (name) => (name === 'range' ? range : null) } });

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'apexscope-protocols-'));
  page = path.join(folder, 'renderer');
  video = path.join(folder, 'film.mp4');
  mkdirSync(path.join(page, 'assets'), { recursive: true });
  mkdirSync(path.join(folder, 'renderer-secrets'));
  writeFileSync(path.join(page, 'index.html'), '<p>page</p>');
  writeFileSync(path.join(page, 'assets', 'a.js'), 'code');
  writeFileSync(path.join(folder, 'renderer-secrets', 'key.txt'), 'secret');
  writeFileSync(video, CONTENT);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the address of the page', () => {
  it('serves the built page with a content policy that allows nothing but its own', async () => {
    const response = await pageResponse('apexscope://app/', page);
    expect(await response.text()).toBe('<p>page</p>');
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).toContain(`script-src 'self'`);
    expect(policy).toContain(`connect-src 'none'`);
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe|http/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await (await pageResponse('apexscope://app/assets/a.js', page)).text()).toBe('code');
  });

  it.each([
    '/../film.mp4',
    '/..%2ffilm.mp4',
    '/%2e%2e/film.mp4',
    '/assets/%2e%2e/%2e%2e/film.mp4',
    '/..%2frenderer-secrets/key.txt',
    '/..%5cfilm.mp4',
    '//etc/passwd',
    '/%2fetc%2fpasswd',
    '/%00',
    '/%E0%A4%A',
    '/assets',
    '/missing.js',
  ])('gives nothing outside of its folder for %s', async (place) => {
    const response = await pageResponse(`apexscope://app${place}`, page);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('Not found');
  });

  it('is not another host, and not a name that begins like it', async () => {
    expect((await pageResponse('apexscope://other/index.html', page)).status).toBe(404);
    expect(['apexscope://app/index.html', 'apexscope://app'].map(isPageUrl)).toEqual([true, true]);
    const foreign = ['apexscope://app.evil/index.html', 'apexscope://appevil', 'https://app/', 'file:///app', ''];
    expect(foreign.map(isPageUrl)).toEqual(foreign.map(() => false));
  });
});

describe('the address of media', () => {
  it('serves a video of the project by its id, whole and in parts', async () => {
    const whole = await getMedia(videoUrl(ID));
    expect([whole.status, await whole.text(), whole.headers.get('content-type')]).toEqual([200, CONTENT, 'video/mp4']);
    const part = await getMedia(videoUrl(ID), 'bytes=2-4');
    expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, 'cde', 'bytes 2-4/10']);
    const rest = await getMedia(videoUrl(ID), 'bytes=7-');
    expect([await rest.text(), rest.headers.get('content-length')]).toEqual(['hij', '3']);
    expect(await (await getMedia(videoUrl(ID), 'bytes=-2')).text()).toBe('ij');
    expect((await getMedia(videoUrl(ID), 'bytes=10-')).status).toBe(416);
  });

  it('serves face crops as pictures', async () => {
    const response = await getMedia(faceUrl(ID, 7));
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(Uint8Array.of(16, 7));
    expect(response.headers.get('content-type')).toBe('image/jpeg');
  });

  it('does not serve a video of another project', async () => {
    expect((await getMedia(videoUrl('ffffffffffffffff'))).status).toBe(404);
  });

  it.each([
    'apexscope-media://video/../../etc/passwd',
    'apexscope-media://video//etc/passwd',
    'apexscope-media://video/0123456789ABCDEF',
    'apexscope-media://video/0123456789abcdef0',
    `apexscope-media://video/${ID}/..`,
    `apexscope-media://video/${ID}?path=/etc/passwd`,
    `apexscope-media://face/${ID}`,
    `apexscope-media://face/${ID}/-1`,
    `apexscope-media://face/${ID}/1e9`,
    `apexscope-media://file/${ID}`,
    'apexscope-media://video/__proto__',
    `file:///${ID}`,
  ])('does not even look for %s', async (url) => {
    asked.length = 0;
    expect((await getMedia(url)).status).toBe(404);
    expect(asked).toEqual([]);
  });
});

describe('a range of bytes', () => {
  it.each([
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=5-99', { start: 5, end: 9 }],
    ['bytes=-99', { start: 0, end: 9 }],
    ['bytes=', null],
    ['bytes=-', null],
    ['bytes=4-2', null],
    ['bytes=0-1,3-4', null],
    ['bytes=-0', null],
    ['bytes=1x-2', null],
    ['items=0-1', null],
    [`bytes=${'9'.repeat(40)}-`, null],
  ])('%s of ten bytes is %j', (header, range) => {
    expect(parseRange(header, 10)).toEqual(range);
  });
});
