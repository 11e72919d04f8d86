import { checkHistory } from './check-history.js';
import { readHistory } from './history.js';

const SHOWN = 5;

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: node simulation/dist/main.js FOLDER    with log.ndjson, stream.ndjson, truth/, journals/');
  process.exit(2);
}

const history = readHistory(folder);
const verdicts = checkHistory(history);
console.log(
  `${history.log.length} events, ${history.stream?.length ?? 'no'} messages, ${history.truth.length} ups and downs`,
);
for (const { invariant, title, violations } of verdicts) {
  console.log(`${violations.length === 0 ? 'holds ' : 'BROKEN'}  ${invariant.padEnd(7)} ${title}`);
  for (const violation of violations.slice(0, SHOWN)) console.log(`          ${violation}`);
  if (violations.length > SHOWN) console.log(`          and ${violations.length - SHOWN} more`);
}
const missing = [
  ...(history.log.length === 0 ? ['log.ndjson'] : []),
  ...(history.stream === undefined ? ['stream.ndjson'] : []),
  ...(history.truth.length === 0 ? ['truth/'] : []),
  ...(history.journals.length === 0 ? ['journals/'] : []),
  ...(history.statuses.length === 0 ? ['statuses.ndjson'] : []),
];
// What was not recorded cannot hold.
for (const part of missing) console.log(`BROKEN  ${part} is missing or empty`);
process.exitCode = missing.length === 0 && verdicts.every(({ violations }) => violations.length === 0) ? 0 : 1;
