import type { AppError } from '../contract/errors.ts';

/** What went wrong, without the place of the file in front: it is said beside it. */
export function reasonOf({ message }: AppError, place: string): string {
  return message.startsWith(place) ? message.slice(place.length).replace(/^[\s:]+/, '') : message;
}
