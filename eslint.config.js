import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import typescript from 'typescript-eslint';

// The floors of the house, top to bottom. A file may import from its own floor and from the floors below.
const floors = [
  'cli',
  'serve',
  'reproduce',
  'report',
  'setup',
  'reader',
  'hub',
  'train',
  'evaluate',
  'models',
  'nn',
  'data',
  'runtime.ts',
  'random.ts',
  'cuda-graph.ts',
  'create.ts',
  'tensor.ts',
  'scope.ts',
  'native.ts',
  'formats',
  'terminal-line.ts',
  'counts.ts',
  'number-range.ts',
  'errors.ts',
];

const importsRunDownwards = floors.slice(1).map((floor, index) => ({
  target: `./src/${floor}`,
  from: floors.slice(0, index + 1).map((above) => `./src/${above}`),
  message: 'Imports run downwards only: move the shared part to a lower floor.',
}));

export default typescript.config(
  { ignores: ['dist/', 'build/', 'runs/', '.*/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [typescript.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver': { typescript: true, node: { extensions: ['.ts', '.js'] } } },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: importsRunDownwards }],
      // An index may miss, which the types do not say here: a guard behind it is not needless.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Code points are what tokenizers count; spreading a string gives just these.
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // The addon is reached through src/native.ts alone; beside it src/setup/build.ts resolves a tool's path,
      // and src/cli/main.ts takes a package's CommonJS build.
      'no-restricted-imports': ['error', { paths: ['node:module'] }],
    },
  },
  {
    files: ['src/serve/page/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'AbortController',
          'document',
          'fetch',
          'getComputedStyle',
          'matchMedia',
          'performance',
          'setTimeout',
          'ResizeObserver',
          'clearTimeout',
          'window',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['src/native.ts', 'src/setup/build.ts', 'src/cli/main.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
);
