import jsdoc from "eslint-plugin-jsdoc";
import tseslint from "typescript-eslint";

const EXPORTED = ["FunctionDeclaration", "ClassDeclaration", "TSInterfaceDeclaration", "TSTypeAliasDeclaration", "VariableDeclaration"];

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "project-template/", "test/fixtures/projects/", ".latchkey/", ".latchkey-bench-*/", "**/*.js", "**/*.mjs"] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { jsdoc },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/require-await": "off",
      // An abort signal's reason is an error with a code; its type does not say so.
      "@typescript-eslint/only-throw-error": ["error", { allowThrowingUnknown: true, allowThrowingAny: true }],
      "@typescript-eslint/prefer-promise-reject-errors": "off",
      // Puppeteer compares its TargetType with texts in its own documentation.
      "@typescript-eslint/no-unsafe-enum-comparison": "off",
      // Our objects are made of closures, which have no `this`.
      "@typescript-eslint/unbound-method": "off",
      "no-console": "error",
    },
  },
  {
    files: ["dashboard/src/**/*.{ts,tsx}"],
    rules: { "jsdoc/require-jsdoc": ["error", { publicOnly: true, contexts: EXPORTED, require: { FunctionDeclaration: false } }] },
  },
  {
    files: ["runtime/**/*.ts"],
    rules: {
      "jsdoc/require-jsdoc": ["error", { publicOnly: true, contexts: EXPORTED, require: { FunctionDeclaration: false } }],
      "no-restricted-properties": ["error", { object: "process", property: "env", message: "Only config/ reads the environment; take it as an argument." }],
    },
  },
  { files: ["runtime/config/environment.ts"], rules: { "no-restricted-properties": "off" } },
  {
    // Pages, mocha and author code speak in values that cannot be typed.
    files: ["test/**/*.ts", "bench/**/*.ts", "api/**/*.ts", "auth-sessions/**/*.ts"],
    rules: { "@typescript-eslint/no-unsafe-assignment": "off", "@typescript-eslint/no-unsafe-argument": "off", "@typescript-eslint/no-unsafe-member-access": "off", "@typescript-eslint/no-unsafe-call": "off", "@typescript-eslint/no-unsafe-return": "off", "@typescript-eslint/no-floating-promises": "off", "@typescript-eslint/unbound-method": "off", "@typescript-eslint/no-base-to-string": "off", "@typescript-eslint/no-unnecessary-type-assertion": "off", "@typescript-eslint/await-thenable": "off", "no-console": "off" },
  },
);
