import { builtinModules } from 'node:module';
import nx from '@nx/eslint-plugin';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { boundaries } from './tools/boundaries.mjs';

const SPECS = ['**/*.spec.ts', '**/test/**/*.ts', 'libs/testing/src/**/*.ts'];

// The same events must give the same decisions anywhere, at any time: now, ids and chance come in with the command.
const IMPURE = 'The domain is pure: pass it in with the command.';
const call = (object, property) => ({
  selector: `CallExpression[callee.object.name='${object}'][callee.property.name='${property}']`,
  message: IMPURE,
});
const impureSyntax = [
  call('Date', 'now'),
  call('Math', 'random'),
  call('crypto', 'randomUUID'),
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: IMPURE },
  { selector: "CallExpression[callee.name='Date']", message: IMPURE },
  { selector: 'ImportExpression', message: 'The domain is complete when it is loaded: import statically.' },
];
const impureGlobals = ['crypto', 'fetch', 'performance', 'process', 'setImmediate', 'setInterval', 'setTimeout'];

// Two doors per library: what a library offers stands in its index by name.
const namedExports = { selector: 'ExportAllDeclaration', message: 'Export by name.' };

export default defineConfig(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/coverage/**', '.nx/**', '.baton/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,mjs}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    // One program for all projects: the project service makes one for each, six times slower and with six times the memory.
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `async` without `await` is how an in-memory twin keeps the shape of its port.
      '@typescript-eslint/require-await': 'off',
    },
  },
  { files: ['**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },

  {
    files: ['**/*.ts'],
    ignores: SPECS,
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundaries()],
      'no-restricted-syntax': ['error', namedExports],
    },
  },
  {
    files: SPECS,
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', boundaries({ forSpecs: true })],
      // A spec may look into an answer without typing all of it; `any` by name is still refused.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },

  {
    files: ['libs/{kernel,contracts,domain}/src/**/*.ts'],
    ignores: SPECS,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: builtinModules.map((name) => ({ name, message: IMPURE })),
          patterns: [{ regex: '^node:', message: IMPURE }],
        },
      ],
    },
  },
  {
    files: ['libs/domain/src/**/*.ts'],
    ignores: SPECS,
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals.map((name) => ({ name, message: IMPURE }))],
      'no-restricted-syntax': ['error', namedExports, ...impureSyntax],
    },
  },
);
