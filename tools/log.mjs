// An exported log (`GET /v1/events`, one event a line), after `npm run build`:
//   node tools/log.mjs verify FILE                       whether it is whole: positions, versions, contents, hashes
//   DATABASE_URL=... node tools/log.mjs import FILE      into an empty database that was migrated, by the role that did that
import { ChainVerifier, importEvents } from '@baton/event-log';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const [verb, file] = process.argv.slice(2);

async function* events() {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  for await (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
}

const verify = async () => {
  const verifier = new ChainVerifier();
  let last;
  for await (const event of events()) {
    const broken = verifier.next(event);
    if (broken) throw new Error(`the event at position ${broken.position} ${broken.problem}`);
    last = event;
  }
  return last ? `${last.position} events, unbroken; the last hash is ${last.hash}` : 'no events';
};

const load = async () => `${await importEvents(process.env.DATABASE_URL, events())} events imported`;

const commands = { verify, import: load };
if (!commands[verb] || !file || (verb === 'import' && !process.env.DATABASE_URL)) {
  console.error('usage: node tools/log.mjs verify FILE, or DATABASE_URL=... node tools/log.mjs import FILE');
  process.exit(2);
}
try {
  console.log(await commands[verb]());
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
