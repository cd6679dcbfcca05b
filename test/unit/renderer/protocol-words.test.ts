import { describe, expect, it } from 'vitest';
import type { Protocol } from '../../../src-main/contract/records.ts';
import { protocolFacts } from '../../../src-renderer/lib/protocol-words.ts';
import { exampleReport } from '../report/example-report.ts';

const { run, evaluation } = exampleReport();
const factsOf = (changes: Partial<Protocol>) => protocolFacts({ ...evaluation.protocol, ...changes }, run.engine);

describe('a protocol in words', () => {
  it('counts what was judged where nothing is doubtful', () => {
    expect(factsOf({})).toMatchObject({ short: '4 videos, 2 people', honest: true });
    expect(factsOf({ epochs: { trained: 60, planned: 60, finished: true } })).toEqual(factsOf({}));
  });

  it.each([
    [{ subjectDisjoint: false }, 'people may be known', 'people may also occur in training'],
    [{ split: 'val' }, 'selected on this split', 'epoch selected on validation, shown here'],
    [
      { epochs: { trained: 3, planned: 60, finished: false } },
      'run not finished',
      'trained 3 of 60 epochs, not finished',
    ],
  ] satisfies [Partial<Protocol>, string, string][])('warns of %j', (changes, short, text) => {
    const facts = factsOf(changes);
    expect(facts).toMatchObject({ short, honest: false });
    expect(facts.checks).toContainEqual({ good: false, text });
  });
});
