import { ipcMain } from 'electron';
import type { IpcMainEvent, WebContents } from 'electron';
import { z } from 'zod';
import type { Port } from '../contract/rpc.ts';
import { DROP_CHANNEL, WINDOW_CHANNEL } from '../contract/window/page-port.ts';
import { isPageUrl } from './page-protocol.ts';

/** The main process' end of the line to the page of a window. Messages from any other sender are dropped. */
export function windowPort(contents: WebContents): Port {
  const listeners: ((message: unknown) => void)[] = [];
  const onMessage = (event: IpcMainEvent, message: unknown) => {
    if (isOurPage(event, contents)) for (const listener of listeners) listener(message);
  };
  ipcMain.on(WINDOW_CHANNEL, onMessage);
  contents.once('destroyed', () => ipcMain.off(WINDOW_CHANNEL, onMessage));
  return {
    post: (message) => {
      if (!contents.isDestroyed()) contents.send(WINDOW_CHANNEL, message);
    },
    onMessage: (listener) => listeners.push(listener),
    onClose: (listener) => {
      contents.once('destroyed', listener);
      // A page that is loaded anew starts from nothing; what the old one asked for is stopped.
      contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
        if (isMainFrame && !isSameDocument) listener();
      });
    },
  };
}

const droppedPath = z.string().min(1).max(4096);

/** Calls back with every path that the user drops on the page. */
export function onDroppedPath(contents: WebContents, onDrop: (path: string) => void): void {
  const listener = (event: IpcMainEvent, message: unknown) => {
    const path = droppedPath.safeParse(message);
    if (path.success && isOurPage(event, contents)) onDrop(path.data);
  };
  ipcMain.on(DROP_CHANNEL, listener);
  contents.once('destroyed', () => ipcMain.off(DROP_CHANNEL, listener));
}

/** The message comes from the main frame of our window, which shows our page. */
function isOurPage({ sender, senderFrame }: IpcMainEvent, contents: WebContents): boolean {
  return sender === contents && senderFrame === contents.mainFrame && isPageUrl(senderFrame.url);
}
