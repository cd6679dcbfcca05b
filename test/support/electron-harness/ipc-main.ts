import { EventEmitter } from 'node:events';

/** `ipcMain` of Electron: `on(channel, (event, message))`. */
export const ipcMain = new EventEmitter();
ipcMain.setMaxListeners(50);
