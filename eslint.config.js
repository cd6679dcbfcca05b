import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

const houseLimits = {
  'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
  complexity: ['error', 12],
  'max-params': ['error', 4],
};

const typedParsing = { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] };

const noNetwork = (name) => ({ name, message: 'Apexscope makes no connections (faces are sensitive).' });

const builtOrGiven = [
  'node_modules/',
  'dist/',
  'sample-project/',
  'docs/',
  'types/',
  'out/',
  'release/',
  '.bench-pack/',
];

/** TypeScript is oxlint's (.oxlintrc.json), in a tenth of the time; it does not know components and their runes. */
const typeScript = ['**/*.ts', '!**/*.svelte.ts'];

export default tseslint.config(
  { ignores: [...builtOrGiven, ...typeScript] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...svelte.configs.recommended,
  ...svelte.configs.prettier,
  {
    rules: {
      ...houseLimits,
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use the seeded Rng of src-main/data/rng.ts.' },
      ],
    },
  },
  {
    files: ['src-main/**', 'src-renderer/**', 'models/**'],
    rules: {
      'no-restricted-globals': ['error', ...['fetch', 'WebSocket', 'XMLHttpRequest', 'EventSource'].map(noNetwork)],
    },
  },
  {
    files: ['**/*.svelte'],
    languageOptions: { parserOptions: typedParsing },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      'max-lines': ['error', { max: 150, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    // Why: the types of a component are checked by svelte-check, which knows the globals of a page.
    rules: { 'no-undef': 'off' },
  },
  {
    // Scripts for the page, each one expression.
    files: ['test/e2e/in-page/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...['window', 'document', 'innerWidth', 'innerHeight', 'DataTransfer', 'DragEvent'],
          ...['fetch', 'WebSocket', 'OffscreenCanvas', 'Image', 'performance'],
        ].map((name) => [name, 'readonly']),
      ),
    },
    rules: { '@typescript-eslint/no-unused-expressions': 'off', 'no-unused-expressions': 'off' },
  },
  {
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', module: 'writable', setTimeout: 'readonly' },
    },
  },
);
