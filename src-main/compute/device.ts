import type { EngineInfo } from '../contract/records.ts';
import { openEngine } from '../engine/select.ts';

/** The engine that a job would get, tested. @throws AppError `engine-unavailable` */
export async function openDevice(): Promise<EngineInfo> {
  const engine = await openEngine();
  await engine.close();
  return engine.info;
}
