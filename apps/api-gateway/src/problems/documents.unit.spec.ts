import { documented } from '@baton/testing';
import { GENERAL_KINDS, PROBLEM_KINDS, problemType } from './kinds.js';

const rows = Object.entries(PROBLEM_KINDS)
  .toSorted(([, a], [, b]) => a.status - b.status)
  .map(([name, { status, title, meaning }]) => {
    const isGeneral = GENERAL_KINDS.some((kind) => kind === name);
    return `| \`${problemType(name as keyof typeof PROBLEM_KINDS)}\` | ${status} | ${title} | ${meaning} | ${isGeneral ? 'any' : ''} |`;
  });

const page = `# Problems

Every answer that is no success is \`application/problem+json\` (RFC 9457). Made from the code by \`npm run docs\`.

| member     | what                                                                                                    |
| ---------- | ------------------------------------------------------------------------------------------------------- |
| \`type\`     | one of the list below: stable, and what a program decides by                                            |
| \`title\`    | the same for every problem of a type                                                                    |
| \`status\`   | as in the status line                                                                                   |
| \`detail\`   | for people: what happened to this request and what to do                                                |
| \`instance\` | the path that was asked for                                                                             |
| \`errors\`   | each wrong field: \`pointer\` into the body, or \`parameter\` of path, query or headers; with its \`detail\`  |
| others     | \`allowed\`, \`state\`, \`active\`, \`missing\`, where the list says so                                         |

Send again as it was: 503 after \`Retry-After\`, \`write-contended\`, \`request-timeout\`; a write with the same
\`Idempotency-Key\`, so that it is carried out once at most. All others need another request, or another state of things.

| type | status | title | what to do | of routes |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

Which routes answer with which: \`/docs\` of the gateway.
`;

describe('docs/problems.md', () => {
  it('lists every kind of problem with its status and what to do; npm run docs makes the page anew', () => {
    const { stored, made } = documented('docs/problems.md', page);
    expect(stored).toBe(made);
  });
});
