import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { moduleText } from '../../../src-main/engine/webgpu/compute-program.ts';
import { INTRINSIC_PROGRAMS, PLAIN_PROGRAMS } from './representative-programs.ts';

const PATIENCE_MS = 60_000;

describe('generated shaders', () => {
  it.each([...INTRINSIC_PROGRAMS.slice(0, 2), ...PLAIN_PROGRAMS].map((program) => [program.label, program] as const))(
    'are the same as before: %s',
    (_, program) => {
      expect(moduleText(program)).toMatchSnapshot();
    },
  );

  it(
    "pass Dawn's compiler without a complaint, matrix intrinsics included",
    async () => {
      const file = new URL('compile-program.ts', import.meta.url).pathname;
      const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: PATIENCE_MS });
      const labels = [...INTRINSIC_PROGRAMS, ...PLAIN_PROGRAMS].map(({ label }) => label);
      expect(JSON.parse(stdout)).toEqual(Object.fromEntries(labels.map((label) => [label, []])));
    },
    PATIENCE_MS,
  );
});
