import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { casesInText, TFJS_CASE_FILES, type TfjsCase } from './tfjs-cases.ts';

/** The cases of TensorFlow.js out of the installed package. */
export function installedTfjsCases(): TfjsCase[] {
  const core = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core');
  const folder = new URL('ops/', `file://${core}`);
  return TFJS_CASE_FILES.flatMap((file) => casesInText(file, readFileSync(new URL(`${file}_test.js`, folder), 'utf8')));
}
