/** Joins the pieces in which a face was followed to people, and sums each up. */
import type { PersonTrack } from '../contract/records.ts';
import { boxSize, sameFace } from './boxes.ts';
import { FaceTrack } from './face-track.ts';
import type { Tracklet } from './follower.ts';
import type { Picture } from './picture.ts';

/** A person in a video: ids count from 1 in the order of first appearance. */
export type Person = { id: number; track: FaceTrack };

/** Distance of two descriptors under which they are of one person (face-api's own limit is 0.6; 0.45 mixes up fewer). */
const SAME_PERSON = 0.45;
/** A face that comes back within this time at the same place is the same. */
const SHORT_ABSENCE_SEC = 1;

type Piece = { track: FaceTrack; first: number; last: number; descriptor: Float32Array };

/**
 * @param tracklets - pieces, each in the order of frames
 * @param timesSec - presentation time of every frame
 * @param describe - 128 numbers of a portrait; asked only when there is more than one piece
 */
export async function gatherPeople(
  tracklets: readonly Tracklet[],
  timesSec: Float64Array,
  describe: (portrait: Picture) => Promise<Float32Array>,
): Promise<Person[]> {
  const real = tracklets.filter(({ track }) => track.count > 1 || timesSec.length === 1);
  const sorted = real.toSorted((one, other) => one.track.at(0).frame - other.track.at(0).frame);
  if (sorted.length === 1) return [{ id: 1, track: sorted[0]!.track }];
  const groups: Piece[][] = [];
  for (const { track, portrait } of sorted) {
    const piece = { track, first: track.at(0).frame, last: track.at(-1).frame, descriptor: await describe(portrait) };
    const group = closestGroup(groups, piece, timesSec);
    if (group) group.push(piece);
    else groups.push([piece]);
  }
  return groups.map((pieces, i) => ({ id: i + 1, track: FaceTrack.joined(pieces.map(({ track }) => track)) }));
}

/** The person that a piece belongs to: someone who is not in the picture meanwhile, and close in place or in looks. */
function closestGroup(groups: readonly Piece[][], piece: Piece, timesSec: Float64Array): Piece[] | undefined {
  let best: Piece[] | undefined;
  let bestDistance = SAME_PERSON;
  for (const group of groups) {
    if (group.some((other) => other.last >= piece.first && other.first <= piece.last)) continue;
    const distance = comesRightAfter(group.at(-1)!, piece, timesSec) ? 0 : looksDistance(group, piece);
    if (distance < bestDistance) [best, bestDistance] = [group, distance];
  }
  return best;
}

function comesRightAfter(earlier: Piece, later: Piece, timesSec: Float64Array): boolean {
  if (timesSec[later.first]! - timesSec[earlier.last]! > SHORT_ABSENCE_SEC) return false;
  return sameFace(earlier.track.at(-1).box, later.track.at(0).box);
}

function looksDistance(group: readonly Piece[], piece: Piece): number {
  return Math.min(...group.map((other) => euclidean(other.descriptor, piece.descriptor)));
}

function euclidean(one: Float32Array, other: Float32Array): number {
  return Math.sqrt(one.reduce((sum, value, i) => sum + (value - other[i]!) ** 2, 0));
}

/** @param frameCount - frames of the video, with and without the person */
export function summarise({ id, track }: Person, frameCount: number): PersonTrack {
  let [confidence, size] = [0, 0];
  for (const sight of track) {
    confidence += sight.confidence;
    size += boxSize(sight.box);
  }
  return {
    id,
    share: track.count / frameCount,
    meanConfidence: confidence / track.count,
    meanBoxSize: size / track.count,
  };
}

/** The person with the largest product of share, size and confidence; null where there is nobody. */
export function mainPerson(people: readonly PersonTrack[]): number | null {
  const weight = ({ share, meanBoxSize, meanConfidence }: PersonTrack) => share * meanBoxSize * meanConfidence;
  const main = people.toSorted((one, other) => weight(other) - weight(one) || one.id - other.id)[0];
  return main?.id ?? null;
}
