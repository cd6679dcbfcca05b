import type { ComputeProgram } from '../compute-program.ts';
import { vectorType, vectorWidth } from '../kernels/channel-view.ts';
import { fourOf, resultSink, type ResultLayout } from './result.ts';

export const SUM_WORKGROUP = 64;

/**
 * Adds up the parts of a product whose depth was split, [split,rows,columns], from the first to the last, so that two runs
 * give the same numbers; then what {@link resultSink} does.
 */
export function sumSplitsProgram(label: string, layout: ResultLayout): ComputeProgram {
  const { columns } = layout;
  const sink = resultSink(layout);
  const fours = Math.ceil(columns / 4);
  return {
    label,
    buffers: [{ name: 'partials', element: vectorType(vectorWidth(columns)), access: 'read' }, ...sink.buffers],
    uniforms: { rows: 'u32', splits: 'u32' },
    workgroupSize: SUM_WORKGROUP,
    body: `${sink.wgsl}
fn run(group: u32, local: u32) {
  let item = group * ${SUM_WORKGROUP} + local;
  let row = item / ${fours};
  let column = item % ${fours} * 4;
  if (row >= uniforms.rows) { return; }
  var total = vec4<f32>();
  for (var part = 0u; part < uniforms.splits; part++) {
    let at = (part * uniforms.rows + row) * ${columns} + column;
    total += ${fourOf('partials', 'at', columns)};
  }
  writeResult(row, column, total);
}`,
  };
}
