// The demands of docs/seeds.md: which there are, which are open, and what a test run says of each.

const LINE = /^\| ([A-Z]+-\d+) +\|/gm;
const ID = /\b[NQVX]-\d\d\b/g;

const SCREEN = 'needs a screen or a command line';
const AUTHENTICATION = 'needs authentication';

/** Demands that no test proves, each with the reason. */
export const OPEN = new Map([
  ...['Q-14', 'V-10', 'V-11', 'V-34', 'X-47'].map((id) => [id, SCREEN]),
  ...['V-14', 'V-33', 'X-45'].map((id) => [id, AUTHENTICATION]),
]);

/** The ids of the demands on that page. */
export const demandsOf = (page) => [...page.matchAll(LINE)].map(([, id]) => id);

/**
 * What Jest's reports say of each demand: `holds` when tests carry its id in their titles and all of them passed, `fails`
 * when one did not, `open` when there is none.
 */
export const judgeDemands = (demands, reports) => {
  const tests = reports.flatMap(({ testResults }) =>
    testResults.flatMap(({ name: file, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === 'passed' || status === 'failed')
        .map(({ fullName, status }) => ({ file, title: fullName, hasPassed: status === 'passed' })),
    ),
  );
  return demands.map((id) => {
    const own = tests.filter(({ title }) => (title.match(ID) ?? []).includes(id));
    if (own.length === 0) return { id, verdict: 'open', tests: own };
    return { id, verdict: own.every(({ hasPassed }) => hasPassed) ? 'holds' : 'fails', tests: own };
  });
};
