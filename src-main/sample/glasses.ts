/** Spectacles: thin rims before the eyes, drawn as strokes into the geometry buffer. */
import type { Glasses, Person } from './person.ts';
import type { GeometryBuffer } from './raster.ts';

/** Points along the rims, bridge and arms in face units, x, y, z each. */
export function glassesOutline(person: Person, glasses: Glasses): Float32Array {
  const points: number[] = [];
  const spacing = person.shape.eyes.spacing;
  for (const side of [-1, 1]) {
    for (let angle = 0; angle < 2 * Math.PI; angle += 0.025) points.push(...rimPoint(glasses, side, angle, spacing));
    for (let share = 0; share <= 1; share += 0.02)
      points.push(side * (0.37 * spacing + 0.29 + 0.3 * share ** 0.5), -0.06, 0.96 - 1.1 * share);
  }
  for (let x = -0.09; x <= 0.09; x += 0.01) points.push(x * spacing, -0.05 - 2 * (0.0081 - x * x), 1.16);
  return Float32Array.from(points);
}

function rimPoint(glasses: Glasses, side: number, angle: number, spacing: number): [number, number, number] {
  const power = glasses.round ? 1 : 0.55;
  const soften = (value: number) => Math.sign(value) * Math.abs(value) ** power;
  const across = soften(Math.cos(angle)) * 0.28;
  return [
    side * (0.37 * spacing + across),
    0.03 + soften(Math.sin(angle)) * (glasses.round ? 0.25 : 0.19),
    1.12 - 0.16 * ((across + 0.28) / 0.56) ** 2,
  ];
}

/** Draws discs of `radius` samples around each point, where nothing lies nearer to the camera. */
export function stampPoints(
  points: Float32Array,
  { radius, texel }: { radius: number; texel: number },
  target: GeometryBuffer,
): void {
  const reach = Math.ceil(radius);
  for (let i = 0; i < points.length; i += 3) {
    const column = Math.round(points[i]!);
    const row = Math.round(points[i + 1]!);
    for (let dy = -reach; dy <= reach; dy++)
      for (let dx = -reach; dx <= reach; dx++)
        if (dx * dx + dy * dy <= radius * radius) target.stamp(column + dx, row + dy, points[i + 2]!, texel);
  }
}
