import type { EngineInfo } from '../contract/records.ts';

/** A backend of TensorFlow.js that is open and current. */
export type OpenedBackend = Omit<EngineInfo, 'why'> & {
  /** Gives back threads, memory and the device; tensors on it are lost. */
  close(): Promise<void>;
};
