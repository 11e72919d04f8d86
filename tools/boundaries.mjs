// Who may import whom. Dependencies point one way: kernel, contracts, domain, then what touches the world, then apps.
const RULES = ['kernel', 'contracts', 'domain'];
const INFRASTRUCTURE = ['event-log', 'bus', 'platform'];

// `packages` are the only npm packages a project may import; without it, any.
const LAYERS = {
  kernel: { libs: [], packages: [] },
  contracts: { libs: ['kernel'], packages: [] },
  // The rules run anywhere: in a service, in a replay, in a browser.
  domain: { libs: ['kernel', 'contracts'], packages: [] },
  'event-log': { libs: RULES },
  bus: { libs: RULES },
  // Settings, logging and health know nothing of upgrades.
  platform: { libs: ['kernel', 'contracts'] },
  'stage-host': { libs: [...RULES, ...INFRASTRUCTURE] },
  'read-models': { libs: [...RULES, ...INFRASTRUCTURE] },
  // Runs on the nodes of a customer: no database, no log.
  'node-agent': { libs: ['kernel', 'contracts', 'platform'] },
  // Below all that its users' specs cover, or its users and it would need each other.
  testing: { libs: ['kernel', 'contracts'] },
  app: { libs: [...RULES, ...INFRASTRUCTURE, 'stage-host', 'read-models', 'node-agent'] },
  // Judges Baton from outside: it shares no code with what it judges.
  simulation: { libs: [], packages: ['canonicalize'] },
  workspace: { libs: [] },
};

// What specs use on top, in every project.
const SPEC_PACKAGES = ['@jest/globals', '@nestjs/testing', 'ajv', 'ajv/**', 'fast-check', 'typescript', 'eslint'];

const tag = (name) => `type:${name}`;

/** Options of @nx/enforce-module-boundaries: for specs, `testing` and the tools of tests are open too. */
export const boundaries = ({ forSpecs = false } = {}) => ({
  allow: [],
  enforceBuildableLibDependency: false,
  depConstraints: Object.entries(LAYERS).map(([name, { libs, packages }]) => ({
    sourceTag: tag(name),
    onlyDependOnLibsWithTags: [...libs, ...(forSpecs ? ['testing'] : [])].map(tag),
    ...(packages ? { allowedExternalImports: [...packages, ...(forSpecs ? SPEC_PACKAGES : [])] } : {}),
  })),
});
