import { blank, type Values } from '../values.ts';

type Normalisation = { mean: readonly number[]; deviation: readonly number[] };

/** Hue h (1 + p / 2), then the colour matrix [n,3,4], the range 0..1 and normalisation, of pixels [n,t,h,w,3]. */
export function hueColourByLoops(pixels: Values, hue: Values, colour: Values, scale: Normalisation): Values {
  const y = blank(pixels.shape);
  const perClip = pixels.values.length / 3 / pixels.shape[0]!;
  for (let i = 0; i < pixels.values.length / 3; i++) {
    const clip = Math.floor(i / perClip);
    const rgb = Array.from(pixels.values.subarray(i * 3, i * 3 + 3)) as [number, number, number];
    const turned = [...turnedHue(rgb, 1 + hue.values[clip]! / 2), 1];
    for (let k = 0; k < 3; k++) {
      const line = (clip * 3 + k) * 4;
      const value = turned.reduce((sum, channel, j) => sum + channel * colour.values[line + j]!, 0);
      y.values[i * 3 + k] = (Math.min(1, Math.max(0, value)) - scale.mean[k]!) / scale.deviation[k]!;
    }
  }
  return y;
}

/** The colour with its hue, in 0..1 from red over green, times `factor`; value and chroma stay. */
function turnedHue([red, green, blue]: [number, number, number], factor: number): number[] {
  const value = Math.max(red, green, blue);
  const chroma = value - Math.min(red, green, blue);
  if (chroma === 0) return [red, green, blue];
  const sixths = factor * sixthsOf([red, green, blue], value, chroma);
  return [5, 3, 1].map((offset) => {
    const place = modulo(sixths + offset, 6);
    return value - chroma * Math.min(1, Math.max(0, Math.min(place, 4 - place)));
  });
}

function sixthsOf([red, green, blue]: [number, number, number], value: number, chroma: number): number {
  if (value === red) return modulo((green - blue) / chroma, 6);
  if (value === green) return (blue - red) / chroma + 2;
  return (red - green) / chroma + 4;
}

function modulo(x: number, size: number): number {
  return ((x % size) + size) % size;
}
