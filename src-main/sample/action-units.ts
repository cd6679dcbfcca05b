/** Movements of the face after the Facial Action Coding System; the comment gives its number. */
export const ACTION_UNITS = [
  'innerBrowUp', // 1
  'outerBrowUp', // 2
  'browDown', // 4
  'upperLidUp', // 5
  'cheekUp', // 6
  'lidTight', // 7
  'noseWrinkle', // 9
  'upperLipUp', // 10
  'cornerUp', // 12
  'cornerDown', // 15
  'chinUp', // 17
  'pucker', // 18
  'stretch', // 20
  'lipTight', // 23 and 24
  'lipsPart', // 25
  'jawDrop', // 26
] as const;

export type ActionUnit = (typeof ACTION_UNITS)[number];

/** Intensity of each unit; 0 is rest and 1 a full expression. */
export type FaceState = Record<ActionUnit, number>;

export function restingFace(): FaceState {
  return Object.fromEntries(ACTION_UNITS.map((unit) => [unit, 0])) as FaceState;
}

/** Adds `weight` times each unit of `movement`, which names only those that move. */
export function addMovement(face: FaceState, movement: Partial<FaceState>, weight: number): void {
  for (const unit of ACTION_UNITS) face[unit] += weight * (movement[unit] ?? 0);
}
