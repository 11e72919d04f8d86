import { checkHistory } from './check-history.js';
import { readHistory } from './history.js';
import { reportOf } from './report.js';

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: node simulation/dist/main.js FOLDER');
  console.error(
    'with log.ndjson, stream.ndjson, statuses.ndjson, truth/ and journals/; ends with 0 when nothing is wrong',
  );
  process.exit(2);
}

const history = readHistory(folder);
const { text, isGood } = reportOf(history, checkHistory(history));
console.log(text);
process.exitCode = isGood ? 0 : 1;
