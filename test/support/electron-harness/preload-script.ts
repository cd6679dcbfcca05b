/** A preload bundle as a script that runs in every page before the page's own. */
export function preloadScript(bundle: string): string {
  return `(() => {
    const listeners = new Map();
    window.receiveFromMain = (channel, message) => {
      for (const listener of listeners.get(channel) ?? []) listener({}, message);
    };
    const electron = {
      contextBridge: { exposeInMainWorld: (name, api) => { window[name] = api; } },
      ipcRenderer: {
        send: (channel, message) => { void window.sendToMain(channel, message); },
        on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
      },
      webUtils: { getPathForFile: ({ name }) => window.pathsOfFiles?.[name] ?? '' },
    };
    const require = () => electron;
    const module = { exports: {} };
    ((exports, require, module) => {${bundle}
    })(module.exports, require, module);
  })();`;
}
