/** Scalars that a kernel reads at once: four f32, or eight f16 in pairs (half-copy.ts). */
export type RunWidth = 4 | 8;

/** WGSL type of a run. */
export function runType(width: RunWidth): 'vec4<f32>' | 'vec4<u32>' {
  return width === 4 ? 'vec4<f32>' : 'vec4<u32>';
}
