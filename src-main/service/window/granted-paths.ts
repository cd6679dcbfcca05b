import path from 'node:path';
import { AppError } from '../../contract/errors.ts';

/**
 * Places that the user has chosen: by a dialog, by dropping, or by opening a project. The page can name a path only at
 * or under one of them, so that a page gone wrong cannot read what nobody showed it.
 */
export class GrantedPaths {
  readonly #granted = new Set<string>();

  grant(place: string): void {
    this.#granted.add(path.resolve(place));
  }

  /** @throws AppError `bad-input` for a place that was not chosen, or is not absolute */
  check(place: string): void {
    for (let at = path.resolve(place); path.isAbsolute(place); at = path.dirname(at)) {
      if (this.#granted.has(at)) return;
      if (at === path.dirname(at)) break;
    }
    throw new AppError('bad-input', `${place} was not chosen in a dialog.`, { hint: 'Choose it, or drop it here.' });
  }
}
