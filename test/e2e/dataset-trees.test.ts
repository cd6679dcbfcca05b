import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluateSummary, ImportSummary, PrepareSummary, TrainSummary } from '../../src-main/contract/api.ts';
import { encodeVideo } from '../../src-main/media/encode.ts';
import { planSample, SAMPLE_FPS } from '../../src-main/sample/plan-sample.ts';
import type { SampleClip } from '../../src-main/sample/plan-sample.ts';
import { renderClip } from '../../src-main/sample/render-clip.ts';
import { runCliJson } from '../support/cli.ts';

const PEOPLE = 3;
const FRAMES = 24;
const SIZE = 144;
const RAVDESS_CODES: Record<string, string> = { neutral: '01', happiness: '03', anger: '05' };
const CREMAD_CODES: Record<string, string> = { neutral: 'NEU', happiness: 'HAP', anger: 'ANG' };

let folder: string;

/** The first frames of sample clips, so that expressions may be missing: here only names and formats matter. */
const clips = planSample({ people: PEOPLE })
  .filter(({ label }) => label in RAVDESS_CODES)
  .map((clip): SampleClip => ({ ...clip, frameCount: FRAMES, durationSec: FRAMES / SAMPLE_FPS }));

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apexscope-trees-'));
  for (const clip of clips) {
    const frames = [...renderClip(clip, { size: SIZE })];
    await write(ravdessPath(clip), 'h264', frames);
    await write(cremadPath(clip), 'flv', frames);
  }
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(file: string, codec: 'h264' | 'flv', frames: Uint8Array[]): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await encodeVideo(file, { width: SIZE, height: SIZE, fps: SAMPLE_FPS, codec }, frames);
}

function ravdessPath({ person, label }: SampleClip): string {
  const actor = String(person + 1).padStart(2, '0');
  const name = `02-01-${RAVDESS_CODES[label]}-01-01-01-${actor}.mp4`;
  return path.join(folder, 'ravdess', `Actor_${actor}`, name);
}

function cremadPath({ person, label }: SampleClip): string {
  return path.join(folder, 'cremad', 'VideoFlash', `${1001 + person}_IEO_${CREMAD_CODES[label]}_XX.flv`);
}

describe.each(['ravdess', 'cremad'])('a folder in the naming of %s', (layout) => {
  it('is recognised, split by actor and trained without options', { timeout: 240_000 }, async () => {
    const project = path.join(folder, `${layout}-project`);
    const imported = await runCliJson<ImportSummary>(['import', path.join(folder, layout), '--project', project]);
    expect(imported).toMatchObject({ layout, imported: clips.length, subjects: PEOPLE, quarantined: [] });
    expect(imported.perClass).toEqual({ anger: PEOPLE, happiness: PEOPLE, neutral: PEOPLE });
    const prepared = await runCliJson<PrepareSummary>(['prepare', '--project', project]);
    expect(prepared).toMatchObject({ prepared: clips.length, quarantined: [] });
    const trained = await runCliJson<TrainSummary>(['train', '--project', project]);
    expect(trained.bestEpoch).toBeGreaterThan(0);
    const result = await runCliJson<EvaluateSummary>(['evaluate', '--project', project]);
    expect(result).toMatchObject({ classes: ['anger', 'happiness', 'neutral'], protocol: { subjectDisjoint: true } });
  });
});
