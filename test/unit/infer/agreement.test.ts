import { describe, expect, test } from 'vitest';
import { agreementReport } from '../../../src-main/infer/agreement/agreement-report.ts';
import { classAgreement, disagreement } from '../../../src-main/infer/agreement/class-agreement.ts';
import { cohenKappa } from '../../../src-main/infer/agreement/cohen-kappa.ts';
import { fleissKappa } from '../../../src-main/infer/agreement/fleiss-kappa.ts';
import { krippendorffAlpha } from '../../../src-main/infer/agreement/krippendorff-alpha.ts';
import { groupedUnits } from '../../../src-main/infer/agreement/ratings.ts';

/** Raters as lines, units as columns; `.` where nothing was said. */
function units(...lines: string[]) {
  const rows = lines.map((line) => line.split(' '));
  const categories = [...new Set(rows.flat())].filter((value) => value !== '.').sort();
  const ratings = rows[0]!.map((_, u) => rows.map((row) => (row[u] === '.' ? null : categories.indexOf(row[u]!))));
  return [groupedUnits(ratings), categories.length] as const;
}

const repeated = (text: string, times: number) => Array<string>(times).fill(text);

describe("Cohen's kappa", () => {
  test('of fifty proposals read twice: 20 both yes, 5 and 10 apart, 15 both no, gives 0.4', () => {
    const first = [...repeated('y', 25), ...repeated('n', 25)].join(' ');
    const second = [...repeated('y', 20), ...repeated('n', 5), ...repeated('y', 10), ...repeated('n', 15)].join(' ');
    expect(cohenKappa(...units(first, second), [0, 1])).toBeCloseTo(0.4, 12);
  });

  test('of the hundred diagnoses in Fleiss, Statistical methods for rates and proportions, is 0.68', () => {
    const table = [
      [75, 1, 4],
      [5, 4, 1],
      [0, 0, 10],
    ];
    const pairs = table.flatMap((row, a) => row.flatMap((n, b) => repeated(`${a}${b}`, n)));
    const kappa = cohenKappa(...units(pairs.map((p) => p[0]).join(' '), pairs.map((p) => p[1]).join(' ')), [0, 1]);
    // p_o = 0.89; p_e = 0.8 * 0.8 + 0.1 * 0.05 + 0.1 * 0.15
    expect(kappa).toBeCloseTo((0.89 - 0.66) / (1 - 0.66), 12);
  });

  test('looks only at units that both rated, and is not a number where there is none', () => {
    expect(cohenKappa(...units('a b a .', 'a b . b'), [0, 1])).toBe(1);
    expect(cohenKappa(...units('a .', '. a'), [0, 1])).toBeNaN();
  });
});

test("Fleiss' kappa of ten subjects, fourteen raters and five categories is 0.210", () => {
  const table = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
  ];
  const ratings = table.map((row) => row.flatMap((n, c) => Array<number>(n).fill(c)));
  expect(fleissKappa(groupedUnits(ratings), 5)).toBeCloseTo(0.20993, 5);
});

describe("Krippendorff's alpha, examples of Krippendorff 2011", () => {
  test('A: two observers, binary data, nothing missing: 0.095', () => {
    expect(krippendorffAlpha(...units('0 1 0 0 0 0 0 0 1 0', '1 1 1 0 0 1 0 0 0 0'))).toBeCloseTo(0.095, 3);
  });

  test('B: two observers, nominal data: 0.692', () => {
    const alpha = krippendorffAlpha(...units('a a b b d c c c e d d a', 'b a b b b c c c e d d d'));
    expect(alpha).toBeCloseTo(0.692, 3);
  });

  test('C: four observers who miss units: 0.743', () => {
    const alpha = krippendorffAlpha(
      ...units(
        '1 2 3 3 2 1 4 1 2 . . .',
        '1 2 3 3 2 2 4 1 2 5 . 3',
        '. 3 3 3 2 3 4 2 2 5 1 .',
        '1 2 3 3 2 4 4 1 2 5 1 .',
      ),
    );
    expect(alpha).toBeCloseTo(0.743, 3);
  });
});

test('agreement on a class is the chance that another rater says so too', () => {
  const [grouped, k] = units('a a a b b', 'a a b b b');
  // a: 2 units with both, 1 with one: 4 of 5 pairs. b: 2 and 1 as well.
  expect([...classAgreement(grouped, k)]).toEqual([0.8, 0.8]);
  expect(disagreement([0, 0, 1], 2)).toBeCloseTo(2 / 3, 12);
  expect(disagreement([0, null, null], 2)).toBeNull();
});

describe('the report', () => {
  const video = (videoId: string, labels: Record<string, string>) => ({
    videoId,
    path: `${videoId}.mp4`,
    labels: new Map(Object.entries(labels)),
  });
  const videos = [
    ...Array.from({ length: 20 }, (_, i) =>
      video(`same${i}`, { Ada: i % 2 ? 'fear' : 'anger', Ben: i % 2 ? 'fear' : 'anger' }),
    ),
    video('two', { Ada: 'fear', Ben: 'anger' }),
    video('three', { Ada: 'fear', Ben: 'anger', Cy: 'joy' }),
    video('alone', { Ada: 'fear' }),
  ];

  test('puts the videos on which raters differ in order, most ratings first', async () => {
    const { worst } = await agreementReport(videos, ['Ada', 'Ben', 'Cy']);
    expect(worst.map(({ videoId }) => videoId)).toEqual(['three', 'two']);
    expect(worst[0]!.opinions).toContainEqual({ who: 'Cy', label: 'joy' });
  });

  test('gives figures with their numbers of videos, inside their intervals, the same each time', async () => {
    const report = await agreementReport(videos, ['Ada', 'Ben']);
    expect(report.raters).toEqual([
      { name: 'Ada', n: 23 },
      { name: 'Ben', n: 22 },
    ]);
    for (const { value, interval, n } of [report.alpha, report.fleiss, report.pairs[0]!]) {
      expect(n).toBe(22);
      expect(value).toBeGreaterThan(interval!.low);
      expect(value).toBeLessThanOrEqual(interval!.high);
    }
    expect(await agreementReport(videos, ['Ada', 'Ben'])).toEqual(report);
  });

  test('of one rater compares nothing', async () => {
    const { alpha, fleiss, pairs, worst } = await agreementReport(videos, ['Ada']);
    expect({ alpha: alpha.value, fleiss: fleiss.value, pairs, worst }).toEqual({
      alpha: null,
      fleiss: null,
      pairs: [],
      worst: [],
    });
  });

  test('of ten thousand videos takes no more than seconds', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) =>
      video(`v${i}`, { Ada: 'abcdefg'[i % 7]!, Ben: 'abcdefg'[(i * i) % 7]!, Cy: 'abcdefg'[(3 * i) % 7]! }),
    );
    const startMs = performance.now();
    await agreementReport(many, ['Ada', 'Ben', 'Cy']);
    expect(performance.now() - startMs).toBeLessThan(30_000);
  });
});
