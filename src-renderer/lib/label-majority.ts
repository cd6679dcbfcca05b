import type { AgreementReport } from '../../src-main/contract/window/label-agreement.ts';

/** Videos of which more than half of the raters said the same, with what they said. */
export function majorities(worst: AgreementReport['worst']): { videoId: string; label: string }[] {
  return worst.flatMap(({ videoId, opinions }) => {
    const votes = Map.groupBy(opinions, ({ label }) => label);
    const winner = [...votes].find(([, of]) => of.length > opinions.length / 2);
    return winner === undefined ? [] : [{ videoId, label: winner[0] }];
  });
}

/** What a coefficient is usually taken to mean (Landis and Koch 1977). */
export function agreementWord(value: number | null): string {
  if (value === null) return 'nothing to compare';
  const words: [number, string][] = [
    [0, 'worse than chance'],
    [0.2, 'slight'],
    [0.4, 'fair'],
    [0.6, 'moderate'],
    [0.8, 'substantial'],
  ];
  return words.find(([most]) => value < most || (most > 0 && value === most))?.[1] ?? 'almost perfect';
}
