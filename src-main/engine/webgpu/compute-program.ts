/** A WGSL compute shader and what it is bound to, as text: everything but the device. */

/** A tensor that the shader sees as `array<element>` under `name`. `element` is a WGSL type of 4-byte scalars. */
export type BufferDeclaration = { name: string; element: string; access: 'read' | 'read_write' };

export type ComputeProgram = {
  /** Names the program in errors. */
  label: string;
  /** Directives that come first, such as `enable f16;`. */
  directives?: string;
  /** Tensors in the order in which a dispatch gives them; 8 at most. */
  buffers: readonly BufferDeclaration[];
  /** Numbers that change between dispatches, read as `uniforms.name`. */
  uniforms: Readonly<Record<string, 'u32' | 'i32' | 'f32'>>;
  /** Invocations of a workgroup. */
  workgroupSize: number;
  /** Attributes of the entry point beside those of every program. */
  attributes?: string;
  /** WGSL that declares `fn run(group: u32, local: u32)`: index of the workgroup, of the invocation in it. */
  body: string;
};

/** WebGPU's own limit, which adapters rarely raise. */
export const MAX_BUFFERS = 8;

/** The name under which every program learns how many workgroups there really are. */
export const WORKGROUPS = 'workgroups';

/**
 * The whole module. Workgroups are numbered along one axis; a dispatch folds them over three where there are more than
 * the device takes along one, and the surplus does nothing.
 */
export function moduleText(program: ComputeProgram): string {
  const { buffers, uniforms, directives = '', attributes = '', workgroupSize, body } = program;
  const fields = Object.entries({ [WORKGROUPS]: 'u32', ...uniforms }).map(([name, type]) => `${name}: ${type},`);
  return `${directives}
${buffers.map(bufferText).join('\n')}
struct Uniforms { ${fields.join(' ')} }
@group(0) @binding(${buffers.length}) var<uniform> uniforms: Uniforms;

@compute @workgroup_size(${workgroupSize}) ${attributes}
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(num_workgroups) count: vec3<u32>,
        @builtin(local_invocation_index) local: u32) {
  let group = id.x + count.x * (id.y + count.y * id.z);
  if (group < uniforms.${WORKGROUPS}) { run(group, local); }
}

${body}`;
}

function bufferText({ name, element, access }: BufferDeclaration, binding: number): string {
  return `@group(0) @binding(${binding}) var<storage, ${access}> ${name}: array<${element}>;`;
}

/** The bytes of the uniform struct: four for each number, `workgroups` first. */
export function uniformBytes(
  program: ComputeProgram,
  workgroups: number,
  values: Readonly<Record<string, number>>,
): ArrayBuffer {
  const entries = Object.entries(program.uniforms);
  const view = new DataView(new ArrayBuffer(4 * (1 + entries.length)));
  view.setUint32(0, workgroups, true);
  entries.forEach(([name, type], i) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${program.label}: no value for the uniform ${name}`);
    if (type === 'f32') view.setFloat32(4 + 4 * i, value, true);
    else if (type === 'i32') view.setInt32(4 + 4 * i, value, true);
    else view.setUint32(4 + 4 * i, value, true);
  });
  return view.buffer as ArrayBuffer;
}
