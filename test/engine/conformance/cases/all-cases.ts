import type { ConformanceCase } from '../conformance-case.ts';
import { clipTransformCases } from './clip-transform.ts';
import { conv3dCases } from './conv3d.ts';
import { denseCases } from './dense.ts';
import { elementwiseCases } from './elementwise.ts';
import { hueColourCases } from './hue-colour.ts';
import { normCases } from './norms.ts';
import { optimiserCases } from './optimisers.ts';
import { pool3dCases } from './pool3d.ts';
import { scoreCases } from './scores.ts';
import { unpackBytesCases } from './unpack-bytes.ts';

/** What every engine must do as plain loops do it, in the order of the coverage table. */
export const allCases: readonly ConformanceCase[] = [
  ...conv3dCases,
  ...pool3dCases,
  ...normCases,
  ...denseCases,
  ...scoreCases,
  ...clipTransformCases,
  ...hueColourCases,
  ...unpackBytesCases,
  ...optimiserCases,
  ...elementwiseCases,
];
