import type { ParameterEpochs } from '../../src-main/contract/window/augmentation.ts';

/** A parameter over the epochs: its mean as a line, one deviation to either side as a band. Paths as SVG takes them. */
export type ParameterBand = { name: string; line: string; band: string; last: string; zero: number };

export const BAND = { width: 220, height: 84 };

/** Bands of all parameters on one scale, so that they can be compared. */
export function parameterBands({ parameters, epochs }: ParameterEpochs): ParameterBand[] {
  const ends = epochs.flatMap(({ mean, std }) => mean.flatMap((m, p) => [m - std[p]!, m + std[p]!]));
  const reach = Math.max(0.05, ...ends.map(Math.abs));
  const x = (i: number) => (epochs.length < 2 ? BAND.width / 2 : (i / (epochs.length - 1)) * BAND.width);
  const y = (value: number) => (BAND.height / 2) * (1 - value / reach);
  const path = (points: readonly string[]) => `M${points.join('L')}`;
  const at = (i: number, value: number) => `${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
  return parameters.map((name, p) => {
    const side = (sign: number) => epochs.map(({ mean, std }, i) => at(i, mean[p]! + sign * std[p]!));
    const last = epochs.at(-1)!;
    return {
      name,
      line: path(epochs.map(({ mean }, i) => at(i, mean[p]!))),
      band: `${path([...side(1), ...side(-1).toReversed()])}Z`,
      last: `${last.mean[p]!.toFixed(3)} ± ${last.std[p]!.toFixed(3)}`,
      zero: y(0),
    };
  });
}

/** Where an epoch stands across a band. */
export function epochAcross({ epochs }: ParameterEpochs, epoch: number): number {
  const at = Math.max(
    0,
    epochs.findLastIndex((one) => one.epoch <= epoch),
  );
  return epochs.length < 2 ? BAND.width / 2 : (at / (epochs.length - 1)) * BAND.width;
}
