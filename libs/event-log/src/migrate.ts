// Run as a job before the services of a new version start: node libs/event-log/dist/migrate.js
import { migrate } from './run-migrations.js';

const required = (name: string): string => {
  const value = process.env[name];
  if (value) return value;
  console.error(`${name} is not set`);
  process.exit(2);
};

const databaseUrl = required('DATABASE_URL');
const servicePassword = required('BATON_SERVICE_PASSWORD');
await migrate(databaseUrl, { servicePassword });
