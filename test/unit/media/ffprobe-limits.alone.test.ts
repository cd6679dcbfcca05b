import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runFfprobe } from '../../../src-main/media/ffmpeg-process.ts';
import { plainReason } from '../../../src-main/media/plain-reason.ts';
import { temporaryFolder } from '../../support/media-fixtures.ts';

/** Says its version; asked for `much` it prints without end, for `crash` it crashes, and otherwise it never answers. */
const FFPROBE = `#!/bin/sh
case "$1" in
  -version) echo "ffprobe version 9.9 Copyright (c) 2007-2099 the FFmpeg developers" ;;
  much) exec yes ;;
  crash) kill -SEGV $$ ;;
  *) exec sleep 100000 ;;
esac
`;
const LIMITS = { timeout: 600_000, maxBuffer: 2 ** 30 };

let remove: () => Promise<void>;

beforeAll(async () => {
  const temporary = await temporaryFolder();
  remove = temporary.remove;
  const file = path.join(temporary.folder, 'ffprobe');
  await writeFile(file, FFPROBE);
  await chmod(file, 0o755);
  vi.stubEnv('FFPROBE_PATH', file);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await remove();
});

describe.skipIf(process.platform === 'win32')('an ffprobe that is ended', () => {
  const complaintOf = async (args: string[], limits: Partial<typeof LIMITS>) => {
    const thrown: unknown = await runFfprobe(args, {}, { ...LIMITS, ...limits }).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'decode-failed' });
    return (thrown as Error).message;
  };

  it('crashed', async () => {
    const complaint = await complaintOf(['crash'], {});
    expect(complaint).toBe('ffprobe ended without a word (SIGSEGV).');
    expect(plainReason(complaint).reason).toMatch(/^ffprobe crashed on it/);
  });

  it('took too long', async () => {
    const complaint = await complaintOf(['nothing'], { timeout: 100 });
    expect(complaint).toBe('ffprobe took longer than 0.1 s and was ended.');
    expect(plainReason(complaint).reason).toBe('ffprobe took too long over it and was ended.');
  });

  it('printed too much', async () => {
    const complaint = await complaintOf(['much'], { maxBuffer: 2 ** 20 });
    expect(complaint).toBe('ffprobe printed more than 1 MiB and was ended.');
    expect(plainReason(complaint).reason).toBe('ffprobe printed too much about it and was ended.');
  });
});
