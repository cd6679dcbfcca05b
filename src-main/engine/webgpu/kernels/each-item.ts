import type { BufferDeclaration, ComputeProgram } from '../compute-program.ts';

export const ITEM_WORKGROUP = 128;

export type ItemProgram = {
  label: string;
  /** Names of f32 tensors that are read, or declarations of others. */
  reads: readonly (string | Pick<BufferDeclaration, 'name' | 'element'>)[];
  results: readonly (string | Pick<BufferDeclaration, 'name' | 'element'>)[];
  uniforms?: ComputeProgram['uniforms'];
  functions?: string;
  /** What is done for item `i` of `uniforms.size`. */
  statements: string;
};

/** A program that does the same for each of `uniforms.size` items, one invocation each. */
export function eachItem({ label, reads, results, uniforms = {}, functions = '', statements }: ItemProgram) {
  const declared = (access: BufferDeclaration['access']) => (tensor: ItemProgram['reads'][number]) => ({
    ...(typeof tensor === 'string' ? { name: tensor, element: 'f32' } : tensor),
    access,
  });
  const program: ComputeProgram = {
    label,
    buffers: [...reads.map(declared('read')), ...results.map(declared('read_write'))],
    uniforms: { size: 'u32', ...uniforms },
    workgroupSize: ITEM_WORKGROUP,
    body: `${functions}fn run(group: u32, local: u32) {
  let i = group * ${ITEM_WORKGROUP}u + local;
  if (i >= uniforms.size) { return; }
${statements}
}
`,
  };
  return program;
}
