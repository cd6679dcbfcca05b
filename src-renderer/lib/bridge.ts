import type { PagePort } from '../../src-main/contract/window/page-port.ts';
import type { WindowApi, WindowBridge } from '../../src-main/contract/window/window-api.ts';
import { connect } from '../../src-main/contract/rpc-client.ts';

declare global {
  interface Window {
    /** Put there by the preload script. */
    apexscope: PagePort;
  }
}

/** The page's line to the program. */
export function openBridge(port: PagePort): WindowBridge {
  return connect<WindowApi>({ ...port, onClose: () => undefined });
}
