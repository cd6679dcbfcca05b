/** What the preload script puts into the page as `window.apexscope`. */
export type PagePort = {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Where a dropped file or folder lies; the main process then knows that the user chose it. '' if it has no place. */
  pathOf(file: unknown): string;
};
