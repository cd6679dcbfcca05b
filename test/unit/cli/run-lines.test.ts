import { describe, expect, it } from 'vitest';
import { evaluationLines } from '../../../src-main/cli/commands/runs.ts';
import { exampleReport } from '../report/example-report.ts';

const { evaluation } = exampleReport();
const evaluated = { ...evaluation, report: 'report.html' };

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

  it('say why there is no interval where all videos show one person, or there is one video', () => {
    const none = { ...evaluated, warInterval: null, uarInterval: null };
    const withSubjects = (subjects: number) => ({ ...none, protocol: { ...none.protocol, subjects } });
    expect(evaluationLines(withSubjects(1))).toContain('WAR 50.0 % (no 95 % interval: all videos show one person)');
    expect(evaluationLines(withSubjects(0))).toContain('UAR 58.3 % (no 95 % interval: there is one video)');
  });
});
