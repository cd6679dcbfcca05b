import path from 'node:path';
import { expect, it } from 'vitest';
import { shippedLicences } from '../../../build/licences.ts';

const licences = shippedLicences(path.resolve(import.meta.dirname, '../../..'));

it('ffmpeg, whose packages bring no text, says its licence and where its source is', () => {
  const programs = licences.filter(({ name }) => /^@(ffmpeg|ffprobe)-installer\/\w+-\w+$/.test(name));
  expect(programs.length).toBeGreaterThanOrEqual(2);
  for (const { text } of programs) {
    expect(text).toContain('gpl-3.0.txt');
    expect(text).toMatch(/Source: https:\/\/ffmpeg\.org\/.* https:\/\/\w/);
  }
});

it('Electron says where the licences of Chromium are', () => {
  expect(licences.find(({ name }) => name === 'electron')?.text).toContain('LICENSES.chromium.html');
});
