import { dialog, shell } from 'electron';
import type { BrowserWindow } from 'electron';
import type { Desktop } from '../service/window/desktop.ts';

/** Dialogs over a window, and the file manager of the system. */
export function electronDesktop(window: () => BrowserWindow): Desktop {
  return {
    electron: process.versions.electron ?? null,
    chooseFolder: async (title) => {
      const properties = ['openDirectory', 'createDirectory'] as const;
      const { filePaths } = await dialog.showOpenDialog(window(), { title, properties: [...properties] });
      return filePaths[0] ?? null;
    },
    chooseFiles: async (title, extensions) => {
      const filters = extensions.includes('*') ? [] : [{ name: 'Files', extensions: [...extensions] }];
      const properties = ['openFile', 'multiSelections'] as const;
      return (await dialog.showOpenDialog(window(), { title, filters, properties: [...properties] })).filePaths;
    },
    chooseSaveFile: async (title, suggestedName) => {
      const { filePath } = await dialog.showSaveDialog(window(), { title, defaultPath: suggestedName });
      return filePath === '' ? null : filePath;
    },
    showInFolder: (path) => shell.showItemInFolder(path),
  };
}
