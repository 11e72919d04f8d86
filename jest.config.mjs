// The suffix of a spec is its price: unit (milliseconds, no I/O), int (a throw-away Postgres and nats-server),
// e2e (real processes from dist). `npm test` runs unit and int together ("fast"), then e2e in band.
const typescript = [
  '@swc/jest',
  {
    swcrc: false,
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      keepClassNames: true,
    },
    sourceMaps: 'inline',
  },
];

// CommonJS packages load these ES modules with require(), which Jest cannot do on Node 20: compile them to CommonJS.
const REQUIRED_ES_MODULES = '(content-disposition|cookie)/';

const base = {
  testEnvironment: 'node',
  // Our own packages resolve to their sources. Neither 'import' nor 'require' may stand here: Jest would pick both.
  testEnvironmentOptions: { customExportConditions: ['@baton/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': typescript, [`/node_modules/${REQUIRED_ES_MODULES}.+\\.js$`]: typescript },
  transformIgnorePatterns: [`/node_modules/(?!${REQUIRED_ES_MODULES})`],
  roots: ['libs', 'apps', 'simulation', 'tools'].map((folder) => `<rootDir>/${folder}`),
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
};

// Jest starts the servers once a run, and only if a spec of such a project is to run.
const servers = {
  globalSetup: '<rootDir>/libs/testing/src/servers/global-setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/src/servers/global-teardown.mjs',
};

const project = (suffix, extra) => ({
  ...base,
  ...extra,
  displayName: suffix,
  testMatch: [`**/*.${suffix}.spec.ts`],
});

export default {
  coverageProvider: 'v8',
  collectCoverageFrom: ['{libs,apps}/*/src/**/*.ts', '!**/*.spec.ts'],
  testTimeout: 30_000,
  projects: [project('unit'), project('int', servers), project('e2e', servers)],
};
