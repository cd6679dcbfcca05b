import { describe, expect, it } from 'vitest';
import { evaluationLines, predictionLines, trainLines } from '../../../src-main/cli/commands/runs.ts';
import type { TrainSummary } from '../../../src-main/contract/api.ts';
import { exampleReport, exampleVideo } from '../report/example-report.ts';

const { run, evaluation } = exampleReport();
const evaluated = { ...evaluation, report: 'report.html' };

const summary: TrainSummary = {
  ...{ run: 'one', folder: 'runs/one', engine: run.engine, epochs: 1, bestEpoch: 1, stopped: 'finished', seconds: 2 },
  ...{ valLoss: 1, valWar: 0.5, valUar: 0.5, resumedFromEpoch: null, notes: [] },
};

describe('the lines of train', () => {
  it('name the epoch in which a run went on', () => {
    const resumed = (changes: Partial<TrainSummary>) => trainLines({ ...summary, ...changes }).join('\n');
    expect(resumed({ epochs: 20, resumedFromEpoch: 13 })).toContain('Continued in epoch 13\nTrained 20 epochs');
    expect(resumed({ resumedFromEpoch: 1 })).toContain('Continued in epoch 1\nTrained 1 epoch in');
    expect(resumed({ resumedFromEpoch: 2 })).toContain('The run was finished already\nTrained 1 epoch in');
    expect(resumed({})).not.toMatch(/Continued|already/);
  });
});

describe('the lines of predict', () => {
  const { prediction } = exampleVideo('v', 'anger');

  it('tell what the heaviest clip weighs among all', () => {
    expect(predictionLines(prediction)).toContain('  heaviest clip: 1.00 to 2.00 s, weight 70.0 % of 4 clips');
    expect(predictionLines({ ...prediction, heaviest: null })).toContain('  all 4 clips weigh the same');
  });

  it('tell that one clip decides alone', () => {
    const clips = prediction.clips.slice(0, 1);
    for (const heaviest of [null, prediction.heaviest])
      expect(predictionLines({ ...prediction, clips, heaviest })[2]).toBe(
        '  the video has one clip, which decides alone',
      );
  });
});

describe('the lines of evaluate', () => {
  it('give WAR and UAR with their intervals', () => {
    const lines = evaluationLines(evaluated);
    expect(lines).toContain('WAR 50.0 % (95 %: 21.3 % to 78.7 %)');
    expect(lines).toContain('UAR 58.3 % (95 %: 25.1 % to 84.9 %)');
  });

  it('say that the run is not finished, and nothing of one that is', () => {
    const withEpochs = (trained: number, finished: boolean) =>
      evaluationLines({
        ...evaluated,
        protocol: { ...evaluated.protocol, epochs: { trained, planned: 60, finished } },
      });
    expect(withEpochs(3, false)).toContain('Run: trained 3 of 60 epochs, not finished');
    expect(withEpochs(24, true)).toEqual(evaluationLines(evaluated));
  });

  it('say why there is no interval', () => {
    const none = { ...evaluated, warInterval: null, uarInterval: null };
    const drawn = (n: number, subjects: number, unnamed: number) =>
      evaluationLines({ ...none, protocol: { ...none.protocol, n, subjects, unnamed } });
    expect(drawn(4, 1, 0)).toContain('WAR 50.0 % (no 95 % interval: all videos show one person)');
    expect(drawn(1, 0, 1)).toContain('UAR 58.3 % (no 95 % interval: there is one video)');
    const alike = 'WAR 50.0 % (no 95 % interval: all came out alike, and drawn anew would again)';
    for (const lines of [drawn(4, 2, 0), drawn(4, 0, 4), drawn(4, 1, 2)]) expect(lines).toContain(alike);
  });
});
