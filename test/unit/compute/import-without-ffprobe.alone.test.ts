import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { importFolder } from '../../../src-main/compute/import.ts';
import { examineVideo } from '../../../src-main/media/examine.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apexscope-no-ffprobe-'));
  vi.stubEnv('FFPROBE_PATH', path.join(folder, 'no', 'ffprobe'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

test('where no ffprobe runs, that is said once and of no video, and nothing is imported', async () => {
  const video = path.join(folder, 'in', 'happy', 'a.mp4');
  await mkdir(path.dirname(video), { recursive: true });
  await writeFile(video, 'content');
  const missing = { code: 'not-found', message: expect.stringMatching(/^FFPROBE_PATH is set to .*does not run/) };
  const project = path.join(folder, 'project');
  const options = { source: path.join(folder, 'in'), project, layout: 'auto', faces: 'auto', fold: 1 } as const;
  await expect(importFolder(options)).rejects.toMatchObject(missing);
  expect(existsSync(project)).toBe(false);
  await expect(examineVideo({ path: video, kind: 'file' })).rejects.toMatchObject(missing);
});
