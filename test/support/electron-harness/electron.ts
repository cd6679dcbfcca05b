/**
 * A stand-in for the module `electron`: the built main bundle runs in Node, its window is a page of Chromium that
 * playwright-core drives. It differs from Electron in this:
 * - no context isolation: the preload script and the page share one world;
 * - the page comes from http://127.0.0.1, through a server that asks the handlers of `protocol.handle`; addresses
 *   `apexscope-media://` in scripts and styles, and the content policy, are rewritten to it;
 * - messages between page and main process are JSON-like values through playwright, not structured clones;
 * - utility processes are Node children; no message ports or transferables;
 * - dialogs are prompts in the page (one path a line), menus and the file manager do nothing;
 * - no permissions are asked for, nothing is downloaded, no device is found: their handlers are never called;
 * - `webUtils.getPathForFile` knows only the paths that a test has put into `pathsOfFiles` of the page, by name.
 * What does run as in Electron: the handlers of protocols with the content policy, of refused requests, of navigation and
 * new windows; the check of senders; the second start; the supervised processes.
 */
import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import { activeWindow } from './browser-window.ts';

export { app } from './app.ts';
export { BrowserWindow } from './browser-window.ts';
export { ipcMain } from './ipc-main.ts';
export { protocol } from './protocol.ts';
export { session } from './session.ts';
export { utilityProcess } from './utility-process.ts';

export const nativeTheme = Object.assign(new EventEmitter(), { shouldUseDarkColors: false });

export const Menu = { buildFromTemplate: () => null, setApplicationMenu: () => undefined };

export const shell = { showItemInFolder: (path: string) => process.stderr.write(`Would show ${path}.\n`) };

type DialogOptions = { title: string; defaultPath?: string };

export const dialog = {
  async showOpenDialog(_window: unknown, { title }: DialogOptions) {
    const answer = await activeWindow()?.ask(title, app.getPath('documents'));
    return { canceled: !answer, filePaths: answer ? answer.split('\n') : [] };
  },
  async showSaveDialog(_window: unknown, { title, defaultPath }: DialogOptions) {
    const answer = await activeWindow()?.ask(title, defaultPath ?? '');
    return { canceled: !answer, filePath: answer ?? '' };
  },
};
