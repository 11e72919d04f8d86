export { checkHistory, type Verdict } from './check-history.js';
export { readHistory, type Exported, type History, type JournalLine, type Message, type TruthLine } from './history.js';
