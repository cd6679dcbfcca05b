import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rng } from '../../../src-main/data/rng.ts';
import { openProject } from '../../../src-main/store/project.ts';
import type { Project } from '../../../src-main/store/project.ts';
import { idOf, makeEvaluatedProject, TEST_VIDEOS } from '../../support/evaluated-project.ts';

const RATERS = ['Ada', 'Ben', 'Cy'];
let dir: string;
let project: Project;

beforeEach(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'apexscope-view-'));
  await makeEvaluatedProject(dir);
  project = openProject(dir);
});

afterEach(() => {
  project.close();
  rmSync(dir, { recursive: true });
});

/** The slow reference reads the whole journal. */
async function expectTheSame(): Promise<void> {
  const { labels } = project;
  await labels.view.catchUp();
  const opinions = Map.groupBy(labels.opinions(), ({ videoId }) => videoId);
  const holding = new Map(labels.holding().map((event) => [event.videoId, event]));
  for (const { id } of project.listVideos()) {
    expect(labels.view.opinionsOf(id)).toEqual(opinions.get(id) ?? []);
    expect(labels.view.holdingOf(id)).toEqual(holding.get(id));
  }
}

describe('the view of the journal', () => {
  it('says what the whole journal says, after any labels, withdrawals and opinions, of any process', async () => {
    await expectTheSame();
    const rng = new Rng(5);
    using other = openProject(dir);
    for (let round = 0; round < 20; round++) {
      const videoId = idOf(TEST_VIDEOS[rng.integer(TEST_VIDEOS.length)]!.name);
      const who = RATERS[rng.integer(RATERS.length)]!;
      const { labels } = round % 3 === 0 ? other : project;
      if (round > 4 && rng.next() < 0.3) labels.withdraw(`step ${rng.integer(round)}`, who);
      else
        labels.add([{ videoId, who, source: 'person', label: 'fear', holds: rng.next() < 0.5, key: `step ${round}` }]);
      await expectTheSame();
    }
  });

  it('gives several who ask at once the same', async () => {
    const { view } = project.labels;
    await Promise.all([view.catchUp(), view.catchUp(), view.catchUp()]);
    expect(view.holdingOf(idOf('a1'))?.label).toBe('anger');
  });
});

describe('lines of videos', () => {
  it('are those of the videos', () => {
    expect(project.videoLines()).toEqual(
      project.listVideos().map(({ id, path: place, kind, subject, media: { durationSec } }) => {
        return { id, path: place, kind, subject, durationSec };
      }),
    );
  });
});
