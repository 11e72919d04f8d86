// Lints sources that exist only on standard input: [{ file, code }] in, the rules that failed for each out.
// A process of its own, because Jest's module registry cannot host ESLint and its plugins.
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

// The boundary rule reads the graph from the cache and is silent without it.
await createProjectGraphAsync();

const snippets = JSON.parse(await new Response(process.stdin).text());
// Snippets are in no TypeScript program; the rules asked about here need no types.
const eslint = new ESLint({ overrideConfig: { files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked } });

const results = [];
for (const { file, code } of snippets) {
  const [{ messages }] = await eslint.lintText(code, { filePath: file });
  results.push(messages.map(({ ruleId, message }) => `${ruleId}: ${message}`));
}
console.log(`\n${JSON.stringify(results)}`);
