/** Linear-light red, green, blue, 0..1. */
export type Rgb = readonly [number, number, number];

/** From sRGB 0xRRGGBB. */
export function fromHex(hex: number): Rgb {
  return [decode((hex >> 16) & 255), decode((hex >> 8) & 255), decode(hex & 255)];
}

export function mixColors(a: Rgb, b: Rgb, share: number): Rgb {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

export function scaleColor(color: Rgb, factor: number): Rgb {
  return [color[0] * factor, color[1] * factor, color[2] * factor];
}

/** sRGB 0..255 to linear 0..1. */
export const LINEAR_OF_SRGB = Float32Array.from({ length: 256 }, (_, level) => decode(level));

const ENCODE_STEPS = 4096;
const SRGB_OF_LINEAR = Float32Array.from({ length: ENCODE_STEPS }, (_, i) => encode(i / (ENCODE_STEPS - 1)));

/** Linear light (clipped to 0..1) to sRGB 0..255, not rounded. */
export function toSrgb(linear: number): number {
  if (linear <= 0) return 0;
  if (linear >= 1) return 255;
  return SRGB_OF_LINEAR[(linear * (ENCODE_STEPS - 1) + 0.5) | 0]!;
}

function decode(level: number): number {
  const x = level / 255;
  return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
}

function encode(x: number): number {
  return 255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055);
}
