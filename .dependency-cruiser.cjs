/** The import walls of docs/decisions/0001-layers.md: what a folder may import, besides itself. */
const walls = {
  models: [],
  'src-main/contract': [],
  'src-main/data': ['src-main/contract', 'models'],
  'src-main/engine': ['src-main/contract', 'models'],
  'src-main/media': ['src-main/contract', 'src-main/data', 'src-main/engine', 'models'],
  'src-main/face': ['src-main/contract', 'src-main/data', 'src-main/engine', 'models'],
  'src-main/sample': ['src-main/contract', 'src-main/data'],
  'src-main/train': ['src-main/contract', 'src-main/data', 'src-main/engine', 'models'],
  'src-main/infer': ['src-main/contract', 'src-main/data', 'src-main/engine', 'models'],
  'src-main/store': [
    'src-main/contract',
    'src-main/data',
    'src-main/engine',
    'src-main/media',
    'src-main/face',
    'src-main/train',
    'src-main/infer',
    'models',
  ],
  'src-main/report': ['src-main/contract', 'src-main/data'],
  'src-main/compute': [
    'src-main/contract',
    'src-main/data',
    'src-main/engine',
    'src-main/media',
    'src-main/face',
    'src-main/sample',
    'src-main/train',
    'src-main/infer',
    'src-main/store',
    'src-main/report',
    'models',
  ],
  'src-main/service': ['src-main/contract', 'src-main/compute', 'src-main/store'],
  'src-main/cli': ['src-main/contract', 'src-main/service'],
  'src-main/electron': ['src-main/contract', 'src-main/service'],
  'src-renderer': ['src-main/contract', 'src-main/infer'],
};

const wall = ([folder, allowed]) => ({
  name: `wall-${folder.replace('/', '-')}`,
  severity: 'error',
  comment: `${folder} may import only: ${['itself', ...allowed].join(', ')}`,
  from: { path: `^${folder}/` },
  to: { path: '^(src-main|src-renderer|models|test|bench)/', pathNot: `^(${[folder, ...allowed].join('|')})/` },
});

const onlyFrom = (name, module, folders) => ({
  name,
  severity: 'error',
  from: { path: '^(src-main|src-renderer|models)/', pathNot: `^(${folders.join('|')})(/|$)` },
  to: { path: module },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: { pathNot: 'node_modules' }, to: { circular: true } },
    ...Object.entries(walls).map(wall),
    onlyFrom('ffmpeg-only-in-media', 'fluent-ffmpeg|@ffmpeg-installer|@ffprobe-installer', ['src-main/media']),
    // bench-peer.ts starts the PyTorch programs that `bench --peer` compares with, and nothing else.
    onlyFrom('processes-only-in-media', '^(node:)?child_process$', [
      'src-main/media',
      'src-main/electron',
      'src-main/compute/bench-peer\\.ts',
    ]),
    onlyFrom('no-network', '^(node:)?(http|https|http2|net|tls|dgram|dns)(/|$)', ['nowhere']),
    onlyFrom('sqlite-only-in-store', '^(node:)?sqlite$', ['src-main/store']),
    onlyFrom('electron-only-in-electron', '^electron$|node_modules/electron/', ['src-main/electron']),
    onlyFrom('faces-only-in-face', '@vladmandic/face-api', ['src-main/face']),
    {
      name: 'jobs-when-asked',
      severity: 'error',
      comment: 'The command starts without the engines: a job is imported in the call that does it.',
      from: { path: '^src-main/service/app\\.ts$' },
      to: { path: '^src-main/compute/', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'models-neutral',
      severity: 'error',
      from: { path: '^models/' },
      to: { path: '.', pathNot: '^models/|@tensorflow/tfjs-core' },
    },
    {
      name: 'infer-neutral',
      severity: 'error',
      comment: 'Arithmetic on stored scores, for the page too: no Node, no tensors.',
      from: { path: '^src-main/infer/' },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    {
      name: 'renderer-without-node',
      severity: 'error',
      comment: 'The page is sandboxed: it has no Node.',
      from: { path: '^src-renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'contract-neutral',
      severity: 'error',
      from: { path: '^src-main/contract/' },
      to: { path: '.', pathNot: '^src-main/contract/|node_modules/zod' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
