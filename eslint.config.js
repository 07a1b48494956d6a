// The language rules. Which folder may import which is .dependency-cruiser.mjs; run both with
// `npm run lint`. House style beyond these is prettier's.
import { defineConfig, globalIgnores } from 'eslint/config'
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

const TYPESCRIPT = ['**/*.ts', '**/*.tsx']

/** What the rules in src-shared may not reach: they are given time, chance and I/O, never take them. */
const impureGlobals = [
  'process',
  'Buffer',
  'performance',
  'fetch',
  'crypto',
  'window',
  'document',
  'navigator',
  'localStorage',
  'indexedDB',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'requestAnimationFrame',
  'console',
]

/** Applies everywhere: a float read from text is the usual way for money to stop being exact. */
const everywhere = [
  {
    selector:
      "CallExpression[callee.name='parseFloat'], CallExpression[callee.property.name='parseFloat']",
    message:
      'No floats from text: parse amounts with #shared/credits/amount.ts, counts with Number().',
  },
  {
    selector:
      "CallExpression[callee.property.name='toFixed'][callee.object.name=/amount|credits|balance/i]",
    message: 'Format credits with #shared/credits/amount.ts, which rounds in one defined place.',
  },
]

const pure = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'src-shared has no clock: take the time as an argument.',
  },
  {
    selector: "CallExpression[callee.name='Date']",
    message: 'src-shared has no clock: take the time as an argument.',
  },
  {
    selector: "MemberExpression[object.name='Temporal'][property.name='Now']",
    message: 'src-shared has no clock: take the time as an argument.',
  },
  {
    selector: "ImportExpression, CallExpression[callee.name='require']",
    message: 'src-shared loads nothing at run time.',
  },
]

export default defineConfig(
  globalIgnores(['out/', 'dist/', '.cache/', 'coverage/', 'test-results/', 'playwright-report/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: TYPESCRIPT,
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      // One program over everything: with one for each folder, what they share is read and checked
      // again in each. That a folder sees no types but its own is the compiler's to say.
      parserOptions: { project: 'tsconfig.lint.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-syntax': ['error', ...everywhere],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Shapes from outside are checked by zod; inside, `type` and `interface` are both fine.
      '@typescript-eslint/consistent-type-definitions': 'off',
      // Integers in a message are the point of most messages here.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Amounts are branded numbers; negating one is arithmetic like any other.
      '@typescript-eslint/no-unsafe-unary-minus': 'off',
      // Factories return closures over their state; nothing here has a `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      // `() => {}` says "nothing to do here" well enough.
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions'] }],
      // It asks for the `!` that another rule forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // The compiler (noPropertyAccessFromIndexSignature) has the last word on `a['b']`.
      '@typescript-eslint/dot-notation': 'off',
      // `[...text]` gives code points, which is what it is used for.
      '@typescript-eslint/no-misused-spread': 'off',
      // Ports are async even where one implementation has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src-shared/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'src-shared has no clock.' },
        { object: 'Math', property: 'random', message: 'src-shared has no randomness.' },
      ],
      'no-restricted-syntax': ['error', ...everywhere, ...pure],
    },
  },
  {
    files: ['src-main/**/*.ts'],
    ignores: ['src-main/shell/**', 'src-main/index.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'electron', message: 'Only src-main/shell knows Electron: use a port.' }],
        },
      ],
    },
  },
  {
    // Pixels and samples: indices computed from the length of the array they go into.
    files: ['src-main/providers/practice/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['src-renderer/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
    rules: {
      // About what React's compiler may assume; it is not used here.
      'react-hooks/incompatible-library': 'off',
      'react-hooks/immutability': 'off',
      // `onClick={async () => …}`: React ignores what a handler returns.
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false } },
      ],
      'no-restricted-syntax': [
        'error',
        ...everywhere,
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: 'What a model wrote is text, never markup.',
        },
      ],
    },
  },
  {
    files: ['test/**/*.{ts,tsx}'],
    rules: {
      // A test asserts before it dereferences; `!` on checked data keeps it readable.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // What a test reads from JSON or a report it asserts on in the next line.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['scripts/**/*.mjs', '*.js', '*.cjs'],
    rules: { 'no-undef': 'off', 'no-unused-vars': 'error', eqeqeq: 'error' },
  },
)
