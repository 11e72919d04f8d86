// `npm run docs`: stores the pages that are made from the code. The same specs fail when a stored page is stale.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(
  process.execPath,
  [
    ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'],
    ...['--selectProjects', 'unit', '--testPathPatterns', 'documents\\.unit\\.spec\\.ts$'],
  ],
  { stdio: 'inherit', env: { ...process.env, BATON_DOCS: 'write' } },
);
process.exitCode = status ?? 1;
