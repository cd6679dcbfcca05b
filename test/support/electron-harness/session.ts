import { EventEmitter } from 'node:events';

type Request = { url: string };
type OnBeforeRequest = (request: Request, answer: (response: { cancel?: boolean }) => void) => void;

/** `session.defaultSession` of Electron; permissions are never asked for here. */
class DefaultSession extends EventEmitter {
  #onBeforeRequest: OnBeforeRequest = (_request, answer) => answer({});
  readonly webRequest = {
    onBeforeRequest: (listener: OnBeforeRequest) => {
      this.#onBeforeRequest = listener;
    },
  };

  setPermissionRequestHandler(): void {
    // Never asked here.
  }

  setPermissionCheckHandler(): void {
    // Never asked here.
  }

  setDevicePermissionHandler(): void {
    // Never asked here.
  }

  setSpellCheckerEnabled(): void {
    // Chromium from playwright has none.
  }

  /** Whether the program lets a request pass. */
  allows(url: string): Promise<boolean> {
    return new Promise((resolve) => this.#onBeforeRequest({ url }, ({ cancel }) => resolve(!cancel)));
  }
}

export const session = { defaultSession: new DefaultSession() };
