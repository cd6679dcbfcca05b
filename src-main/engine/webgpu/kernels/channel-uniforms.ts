/** Declarations of a uniform for each channel: `mean0`, `mean1`, … */
export function channelUniforms(name: string, c: number): [string, 'f32'][] {
  return Array.from({ length: c }, (_, channel) => [`${name}${channel}`, 'f32']);
}

/** Their values. */
export function channelValues(name: string, values: readonly number[]): [string, number][] {
  return values.map((value, channel) => [`${name}${channel}`, value]);
}
