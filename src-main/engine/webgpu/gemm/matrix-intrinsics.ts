/**
 * Matrices by the intrinsics of Dawn's `chromium-experimental-subgroup-matrix`. The spelling with a majorness is the one
 * of Dawn in `webgpu` 0.6.2; the older one with a bool is called deprecated there at every use.
 */
import type { MatrixOps, MatrixShape } from './matrix-ops.ts';
import { resultScalars } from './matrix-ops.ts';
import { lineStride, type TileMemory } from './tile-memory.ts';

export type SubgroupMatrices = MatrixShape & {
  component: 'f16' | 'f32';
  subgroupSize: number;
  /** The size must be asked for, because the device has several. */
  pinSubgroupSize: boolean;
  /** Scalars in an element of the arrays that matrices are loaded from. */
  vector: 1 | 4;
};

/** Matrix operations of the GPU, products of `component`, sums of f32. */
export function intrinsicMatrices(units: SubgroupMatrices): MatrixOps {
  const { component, subgroupSize, pinSubgroupSize, vector, ...shape } = units;
  const { m, n, k } = shape;
  const types = {
    left: `subgroup_matrix_left<${component}, ${k}, ${m}>`,
    right: `subgroup_matrix_right<${component}, ${n}, ${k}>`,
    result: `subgroup_matrix_result<f32, ${n}, ${m}>`,
  };
  return {
    shape,
    subgroupSize,
    number: component,
    vector,
    directives: directives(component, pinSubgroupSize),
    attributes: pinSubgroupSize ? `@subgroup_size(${subgroupSize})` : '',
    declarations: () => '',
    scratchBytes: () => 0,
    declareResult: (name) => `var ${name}: ${types.result};`,
    load: (memory, index) =>
      `subgroupMatrixLoad<${types[memory.side]}, ${majorness(memory)}>(&${memory.side}Tile, ${index}, ${lineStride(memory) / memory.vector})`,
    multiplyAccumulate: ({ result, left, right }) =>
      `${result} = subgroupMatrixMultiplyAccumulate(${left}, ${right}, ${result});`,
    store: (result) =>
      `subgroupMatrixStore<row_major>(&resultTile, subgroup * ${resultScalars(shape)}, ${result}, ${n}u);`,
  };
}

function directives(component: 'f16' | 'f32', pinSubgroupSize: boolean): string {
  return [
    ...(component === 'f16' ? ['enable f16;'] : []),
    'enable subgroups;',
    'enable chromium_experimental_subgroup_matrix;',
    ...(pinSubgroupSize ? ['enable subgroup_size_control;'] : []),
    'diagnostic(off, chromium.subgroup_matrix_uniformity);',
  ].join('\n');
}

/** Rows of the left matrix are the outer axis; rows of the right one are the depth. */
function majorness({ side, contiguous }: TileMemory): string {
  const linesAreRows = side === 'left' ? contiguous === 'depth' : contiguous === 'outer';
  return linesAreRows ? 'row_major' : 'col_major';
}
