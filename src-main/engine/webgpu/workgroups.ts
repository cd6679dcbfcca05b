import { AppError } from '../../contract/errors.ts';

/**
 * Counts along x, y and z whose product is at least `total`, none above `limit`, with few to spare: a row of 65,536
 * becomes two of 32,768.
 * @throws AppError `bug` when even three axes are too few
 */
export function foldWorkgroups(total: number, limit: number): [number, number, number] {
  const rows = Math.ceil(total / limit);
  const planes = Math.ceil(rows / limit);
  if (planes > limit) throw new AppError('bug', `webgpu: ${total} workgroups, expected at most ${limit} cubed`);
  const rowsInPlane = Math.ceil(rows / planes);
  return [Math.ceil(total / (rowsInPlane * planes)), rowsInPlane, planes];
}
