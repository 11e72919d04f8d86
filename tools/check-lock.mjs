// Every optional (platform) package that a locked package names must itself be locked, at the version asked for.
// npm leaves out platform packages a registry does not have, and `npm ci` then fails on every machine.
import { readFileSync } from 'node:fs';

const locked = JSON.parse(readFileSync(process.argv[2] ?? 'package-lock.json', 'utf8')).packages;

// Node's own look-up: the nearest node_modules upwards.
const find = (from, name) => {
  for (let path = from; ; path = path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/')))) {
    const hit = locked[`${path ? `${path}/` : ''}node_modules/${name}`];
    if (hit || !path) return hit;
  }
};

const problems = [];
for (const [path, { version, optionalDependencies = {}, resolved, link }] of Object.entries(locked)) {
  if (resolved && !link) problems.push(`${path}: names the registry it came from`);
  for (const [name, range] of Object.entries(optionalDependencies)) {
    const hit = find(path, name);
    const exact = /^\d/.test(range);
    if (!hit?.version || (exact && hit.version !== range)) {
      problems.push(`${path}@${version} wants ${name}@${range}, locked: ${hit?.version ?? 'nothing'}`);
    }
  }
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
