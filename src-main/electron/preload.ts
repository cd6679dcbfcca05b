/** Runs in the sandbox before the page: gives it one line to the main process, and nothing else. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { DROP_CHANNEL, WINDOW_CHANNEL } from '../contract/window/page-port.ts';
import type { PagePort } from '../contract/window/page-port.ts';

const port: PagePort = {
  post: (message) => ipcRenderer.send(WINDOW_CHANNEL, message),
  onMessage: (listener) => {
    ipcRenderer.on(WINDOW_CHANNEL, (_event, message: unknown) => listener(message));
  },
  pathOf: (file) => {
    const path = webUtils.getPathForFile(file as File);
    if (path !== '') ipcRenderer.send(DROP_CHANNEL, path);
    return path;
  },
};

contextBridge.exposeInMainWorld('apexscope', port);
