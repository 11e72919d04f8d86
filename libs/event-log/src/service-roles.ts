import type { QueryRunner } from 'typeorm';

/** The login role of each service. What each may append to stands in the table `baton.owner`. */
export const SERVICE_ROLES = [
  'baton_gateway',
  'baton_precheck',
  'baton_distribution',
  'baton_staging',
  'baton_rollout',
  'baton_projection',
] as const;

export type ServiceRole = (typeof SERVICE_ROLES)[number];

/** The same database for the login role of a service. */
export const serviceUrl = (databaseUrl: string, role: ServiceRole, servicePassword: string): string => {
  const url = new URL(databaseUrl);
  url.username = role;
  url.password = encodeURIComponent(servicePassword);
  return url.href;
};

const ATTEMPTS_MAX = 20;

// Roles belong to the whole server, so migrations of two databases may collide here whatever they lock in their own.
const COLLISION = /already exists|duplicate key|concurrently/;

/** Makes the login roles that are missing, and sets their password; each must be able to log in and nothing else. */
export const ensureServiceRoles = async (runner: QueryRunner, servicePassword: string): Promise<void> => {
  for (const role of SERVICE_ROLES) await ensureRole(runner, role, servicePassword);
};

const ensureRole = async (runner: QueryRunner, role: ServiceRole, servicePassword: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      const found = (await runner.query('SELECT FROM pg_roles WHERE rolname = $1', [role])) as unknown[];
      const verb = found.length > 0 ? 'ALTER' : 'CREATE';
      return void (await runner.query(`${verb} ROLE ${role} LOGIN PASSWORD ${quoted(servicePassword)}`));
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !COLLISION.test(String(error))) throw error;
    }
  }
};

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
