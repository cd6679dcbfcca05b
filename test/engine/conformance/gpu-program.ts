/**
 * Runs in a process of its own, on the GPU that Dawn finds there: `gpu-program.ts NAME whole|sample` prints what fails on
 * an engine.
 */
import { GPU_ENGINES } from './engine-under-test.ts';
import { suiteFor } from './suite.ts';
import { installedTfjsCases } from './tfjs-files.ts';

/** Failures of each case by name. */
export type GpuFindings = Record<string, string[]>;

const engine = GPU_ENGINES.find(({ name }) => name === process.argv[2]);
if (engine === undefined) throw new Error(`No engine is called ${process.argv[2]}.`);
const share = process.argv[3] === 'whole' ? 'whole' : 'sample';
const opened = await engine.open();
const findings: GpuFindings = {};
for (const { name, failures } of suiteFor(engine, installedTfjsCases(), share)) findings[name] = await failures(opened);
await opened.close();
process.stdout.write(JSON.stringify(findings));
