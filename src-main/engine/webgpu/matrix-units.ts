/** Which matrices the GPU multiplies in hardware, and which of them the kernels use. */
import type { MatrixShape } from './gemm/matrix-ops.ts';
import type { SubgroupMatrices } from './gemm/matrix-intrinsics.ts';

/** What Dawn lists in `adapter.info.subgroupMatrixConfigs`, which is in no standard yet. */
export type SubgroupMatrixConfig = {
  M: number;
  N: number;
  K: number;
  componentType: string;
  resultComponentType: string;
};

type MatrixAdapterInfo = Omit<GPUAdapterInfo, '__brand'> & {
  readonly subgroupMatrixConfigs?: Iterable<SubgroupMatrixConfig>;
};

/** The part of an adapter that tells its matrix units. */
export type MatrixAdapter = { info: MatrixAdapterInfo; features: { has(feature: string): boolean } };

export const SUBGROUP_MATRIX = 'chromium-experimental-subgroup-matrix';
export const SUBGROUP_SIZE_CONTROL = 'subgroup-size-control';

/**
 * The largest listed matrices with products of `component` and sums of f32, or the reason why there are none. A GPU with
 * subgroups of several sizes must let us ask for one; it is the smallest, the size of its matrix units.
 */
export function subgroupMatrices(
  { info, features }: MatrixAdapter,
  component: 'f16' | 'f32',
): SubgroupMatrices | string {
  if (!features.has(SUBGROUP_MATRIX)) return 'the driver has no subgroup matrices';
  if (component === 'f16' && !features.has('shader-f16')) return 'the driver has no f16 in shaders';
  const { subgroupMinSize = 0, subgroupMaxSize = 0 } = info;
  const pinSubgroupSize = subgroupMinSize !== subgroupMaxSize;
  if (pinSubgroupSize && !features.has(SUBGROUP_SIZE_CONTROL))
    return `subgroups have ${subgroupMinSize} to ${subgroupMaxSize} invocations and the driver lets nobody choose`;
  const [largest] = [...(info.subgroupMatrixConfigs ?? [])]
    .filter((config) => config.componentType === component && config.resultComponentType === 'f32')
    .map(({ M: m, N: n, K: k }) => ({ m, n, k }))
    .filter(({ n }) => n % 4 === 0)
    .sort((a, b) => sizeOf(b) - sizeOf(a));
  if (largest === undefined) return `no listed matrices multiply ${component} and add f32`;
  return { ...largest, component, subgroupSize: subgroupMinSize, pinSubgroupSize, vector: vectorFor(info) };
}

/** Fours were run on NVIDIA's driver and need a quarter of the stores; Metal's matrices load from arrays of scalars. */
function vectorFor({ vendor }: MatrixAdapterInfo): 1 | 4 {
  return vendor === 'apple' ? 1 : 4;
}

function sizeOf({ m, n, k }: MatrixShape): number {
  return m * n * k;
}
