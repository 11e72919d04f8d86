export { checkHistory, type Verdict } from './check-history.js';
export { type Violation } from './findings.js';
export {
  parseHistory,
  readHistory,
  type Exported,
  type History,
  type Journal,
  type Message,
  type TruthLine,
} from './history.js';
export { reportOf, type Report } from './report.js';
