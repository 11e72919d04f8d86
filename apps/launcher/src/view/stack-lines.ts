import { assertNever } from '@baton/kernel';
import pc from 'picocolors';
import type { StackReport } from '../stack/index.js';
import { duration } from './text.js';

/** What happened to a process, in a line. */
export const stackLine = (report: StackReport): string => {
  switch (report.kind) {
    case 'ready':
      return report.again ? `  ${pc.green('✔')} ${report.process} runs again` : `  ${pc.green('✔')} ${report.process}`;
    case 'ended': {
      const when = `it is started again in ${duration(report.againInMs)}`;
      return `  ${pc.red('✖')} ${report.process} ended (${report.how}): ${when}`;
    }
    case 'recovered':
      return `  ${pc.yellow('!')} ${report.process} of an earlier start still ran: ended it`;
    default:
      return assertNever(report);
  }
};
