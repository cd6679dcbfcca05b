/** What the preload script puts into the page as `window.apexscope`. */
export type PagePort = {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Where a dropped file or folder lies; the main process then knows that the user chose it. '' if it has no place. */
  pathOf(file: unknown): string;
};

/** Requests and replies of {@link PagePort}, both ways. */
export const WINDOW_CHANNEL = 'apexscope';
/** A path that the user dropped. Only the preload script can send on it: the page has no channel to choose. */
export const DROP_CHANNEL = 'apexscope-drop';
