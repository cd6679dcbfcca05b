/** What the desktop does for the program; the Electron main process has it, tests bring their own. */
export type Desktop = {
  /** Version of Electron; null where there is none. */
  electron: string | null;
  chooseFolder(title: string): Promise<string | null>;
  chooseFiles(title: string, extensions: readonly string[]): Promise<string[]>;
  chooseSaveFile(title: string, suggestedName: string): Promise<string | null>;
  showInFolder(path: string): void;
};
