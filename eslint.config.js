/** Lint rules for everything in JavaScript and TypeScript. What prettier does is not repeated here. */
import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Ways to turn text into page or program: none of them works under our Content-Security-Policy and Trusted Types. */
const unsafe = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'dangerouslySetInnerHTML', 'srcdoc'];

export default defineConfig(
  globalIgnores(['**/dist/', '**/node_modules/', '.venv/', '.make/', 'chatkit/static/', '**/generated.ts']),
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'react-hooks': reactHooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // How a program that includes only our entry finds what the build provides.
      '@typescript-eslint/triple-slash-reference': 'off',
      // An async method may have nothing to wait for: its contract is the promise.
      '@typescript-eslint/require-await': 'off',
      // For indexes that the lines around have checked; the compiler cannot see that.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['packages/*/src/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...unsafe.map((property) => ({ property, message: 'Build nodes instead.' })),
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: `JSXAttribute[name.name=/^(${unsafe.join('|')}|style)$/]`,
          message: 'No HTML strings and no style attributes in markup.',
        },
        {
          selector: "CallExpression[callee.property.name='setAttribute'][arguments.0.value='style']",
          message: 'Use a class.',
        },
        { selector: "NewExpression[callee.name='Function']", message: 'No program from text.' },
        {
          selector:
            ':matches(PropertyDefinition, MemberExpression) > Identifier[name=/^(contextType|forceUpdate|Consumer|getDerivedStateFrom(Props|Error))$/]',
          message: 'The build leaves this out of Preact (build/drawingOnly.js).',
        },
      ],
      'no-eval': 'error',
      'no-implied-eval': 'off',
      'no-console': ['error', { allow: ['warn', 'error'] }],
    },
  },
  {
    files: ['packages/*/src/{protocol,transport,state}/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...[
          'document',
          'window',
          'HTMLElement',
          'customElements',
          'localStorage',
          'requestAnimationFrame',
        ].map((name) => ({
          name,
          message: 'This room also runs where there is no DOM.',
        })),
      ],
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
  {
    files: ['chatkit/demo/page/**/*.js', 'deploy/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'customElements',
          'document',
          'fetch',
          'history',
          'location',
          'matchMedia',
          'MutationObserver',
          'navigator',
          'Option',
          'setTimeout',
          'URLSearchParams',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
