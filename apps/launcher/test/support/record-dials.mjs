// Loaded into a process before anything else: writes down every connection that it opens, whoever in it does.
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';

const app = /apps\/([\w-]+)\/dist/.exec(process.argv[1] ?? '')?.[1] ?? 'other';
const file = join(process.env['BATON_TEST_DIALS'], `${app}.log`);
const connect = Socket.prototype.connect;

Socket.prototype.connect = function (...given) {
  // As Node hands it on to itself, or as a library says it: options, a port, or the path of a pipe.
  const [to] = Array.isArray(given[0]) ? given[0] : given;
  appendFileSync(file, `${typeof to === 'object' && to !== null ? (to.port ?? to.path) : to}\n`);
  return connect.apply(this, given);
};
