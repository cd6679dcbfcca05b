import type { CallName } from '../../src-main/contract/rpc.ts';
import type { StoredCall } from '../../src-main/contract/window/settings.ts';
import type { WindowApi, WindowBridge, WindowInput } from '../../src-main/contract/window/window-api.ts';

/** A call of the window's API as a value, for a step that can be undone: `storedCall('label.set', { … })`. */
export function storedCall<N extends CallName<WindowApi>>(name: N, input: WindowInput<N>): StoredCall {
  return { name, input };
}

/** Makes a stored call. The program checks name and input like those of any other. */
export function makeStoredCall(bridge: WindowBridge, { name, input }: StoredCall): Promise<unknown> {
  const untyped = bridge as { call(name: string, input: unknown): Promise<unknown> };
  return untyped.call(name, input);
}
