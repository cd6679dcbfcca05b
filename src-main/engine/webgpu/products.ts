/** How this backend computes matrix products: its matrix operations, and the tile for each product. */
import { AppError } from '../../contract/errors.ts';
import type { GemmChoice } from './gemm/gemm-plan.ts';
import { intrinsicMatrices } from './gemm/matrix-intrinsics.ts';
import type { MatrixOps, MatrixShape } from './gemm/matrix-ops.ts';
import { polyfillMatrices } from './gemm/matrix-polyfill.ts';
import { operationsOf, type GemmProblem } from './gemm/problem.ts';
import { subgroupMatrices, type MatrixAdapter } from './matrix-units.ts';
import type { ProductLimits } from './plan/choose-tile.ts';
import { staticChoice } from './plan/static-choice.ts';
import { sayOnce } from './say-once.ts';
import type { MatrixPath, Precision } from './settings.ts';
import { TileCache } from './tuning/tile-cache.ts';

export type Products = {
  /** What is really used: `mixed` only where there are matrices of f16. */
  precision: Precision;
  limits: ProductLimits;
  /** In words, for people and in names of programs. */
  name: string;
  /** The tuned choice, or the static one. */
  choose(problem: GemmProblem): GemmChoice;
  /** Are products to be tuned, and their choices kept? */
  tunes: boolean;
  /** Choices of this device that were on disk. */
  tuned: number;
  /** Products computed so far whose choice is static, of the size that is tuned. */
  untuned(): GemmProblem[];
  /** From now on, and on disk where there is a cache. */
  adopt(problem: GemmProblem, choice: GemmChoice): void;
};

export type ProductOptions = {
  precision: Precision;
  /** Absent: the best that the GPU has for the precision. */
  matrixPath?: MatrixPath;
  /** Size of the matrices of `polyfill`. */
  polyfillShape?: MatrixShape;
  /** File of tuned choices; absent: static choices, and tuning is forgotten at the end. */
  tileCache?: string;
  /** Smaller products keep the static choice; absent: {@link LEAST_TUNED}. */
  leastTunedOperations?: number;
};

/** Products of fewer operations, such as those of the self-test, are over in microseconds with any tile. */
const LEAST_TUNED = 1e8;

/** Lanes of the polyfill: few, so that tests on software adapters are quick. */
const POLYFILL_SUBGROUP = 32;
const POLYFILL_SHAPE: MatrixShape = { m: 16, n: 16, k: 16 };

/** @throws AppError `engine-unavailable` where intrinsics are asked for by name and missing */
export function productsOf(
  adapter: MatrixAdapter,
  limits: Pick<GPUSupportedLimits, 'maxComputeWorkgroupStorageSize' | 'maxComputeInvocationsPerWorkgroup'>,
  options: ProductOptions,
): Products {
  const { matrix, name } = matricesFor(adapter, options);
  const productLimits: ProductLimits = {
    matrix,
    workgroupBytes: limits.maxComputeWorkgroupStorageSize,
    invocations: limits.maxComputeInvocationsPerWorkgroup,
    invocationMultiple: matrix?.directives ? (adapter.info.subgroupMaxSize ?? 1) : 1,
  };
  const cache = options.tileCache === undefined ? null : new TileCache(options.tileCache, deviceKey(adapter, name));
  return {
    ...choosing(productLimits, cache, options.leastTunedOperations ?? LEAST_TUNED),
    tunes: cache !== null,
    tuned: cache?.size ?? 0,
    // Without matrices nothing is computed in f16, whatever was asked for.
    precision: matrix === null ? 'float32' : options.precision,
    limits: productLimits,
    name,
  };
}

function matricesFor(adapter: MatrixAdapter, options: ProductOptions): { matrix: MatrixOps | null; name: string } {
  const { precision, matrixPath, polyfillShape = POLYFILL_SHAPE } = options;
  if (matrixPath === 'tiles') return { matrix: null, name: 'f32 tiles' };
  if (matrixPath === 'polyfill') {
    const number = precision === 'mixed' ? 'rounded' : 'f32';
    const matrix = polyfillMatrices(polyfillShape, POLYFILL_SUBGROUP, number);
    return { matrix, name: `polyfilled matrices ${describeShape(polyfillShape)} ${number}` };
  }
  const units = subgroupMatrices(adapter, precision === 'mixed' ? 'f16' : 'f32');
  if (typeof units !== 'string')
    return { matrix: intrinsicMatrices(units), name: `subgroup matrices ${describeShape(units)} ${units.component}` };
  if (matrixPath === 'intrinsics') throw new AppError('engine-unavailable', `webgpu: no matrix units: ${units}`);
  return { matrix: null, name: `f32 tiles (${units})` };
}

function describeShape({ m, n, k }: MatrixShape): string {
  return `${m}x${n}x${k}`;
}

function choosing(
  limits: ProductLimits,
  cache: TileCache | null,
  leastOperations: number,
): Pick<Products, 'choose' | 'untuned' | 'adopt'> {
  const choices = new Map<string, GemmChoice>();
  const untuned = new Map<string, GemmProblem>();
  return {
    choose(problem) {
      const name = productName(problem);
      const known = choices.get(name) ?? cache?.get(name);
      if (known !== undefined) return known;
      const choice = staticChoice(problem, limits);
      choices.set(name, choice);
      if (operationsOf(problem) >= leastOperations) untuned.set(name, problem);
      return choice;
    },
    untuned: () => [...untuned.values()],
    adopt(problem, choice) {
      const name = productName(problem);
      choices.set(name, choice);
      untuned.delete(name);
      cache?.set(name, choice);
      saveOrSay(cache);
    },
  };
}

/** A training must not end because a folder cannot be written. */
function saveOrSay(cache: TileCache | null): void {
  try {
    cache?.save();
  } catch (error) {
    sayOnce(`webgpu: tuned choices are not kept on disk: ${String(error)}`);
  }
}

function productName({ key, rows, depth }: GemmProblem): string {
  return `${key}, ${rows} rows, depth ${depth}`;
}

function deviceKey({ info }: MatrixAdapter, name: string): string {
  const { vendor, architecture, device, description } = info;
  return [vendor, architecture, device, description, name].join(' | ');
}
