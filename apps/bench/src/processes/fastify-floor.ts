// The least that answers one row by id over HTTP: bare Fastify, a pool, a named statement.
import Fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { tellParent } from './child.js';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const app = Fastify();
app.get<{ Params: { id: string } }>('/rows/:id', async (request, reply) => {
  const { rows } = await pool.query<{ readonly doc: unknown }>({
    name: 'row',
    text: 'SELECT doc FROM raw_row WHERE id = $1',
    values: [request.params.id],
  });
  return rows[0]?.doc ?? reply.code(404).send();
});
await app.listen({ host: '127.0.0.1', port: 0 });
const { port } = app.server.address() as AddressInfo;
tellParent({ type: 'ready', ports: { http: port } });
process.on('disconnect', () => process.exit(0));
