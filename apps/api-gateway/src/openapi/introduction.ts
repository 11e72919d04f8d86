/** What stands at the top of the pages at /docs. */
export const INTRODUCTION = `
Upgrades a cluster of nodes, one node at a time, without taking the cluster down.

The way of an upgrade: register a release (\`POST /v1/releases\`) and upload its artifact; see what an upgrade would do
(\`POST /v1/clusters/{cluster}/plans\`); start it (\`POST /v1/clusters/{cluster}/upgrades\`); watch it
(\`GET /v1/upgrades/{upgrade}\`). When it waits, \`GET /v1/upgrades/{upgrade}/explain\` says on what, since when, and which
requests end the wait.

- **Writes** answer with their \`position\` in the log: from then on they hold, whatever crashes. Give it to \`?after=\` of a GET
  to see what was written. \`Idempotency-Key\` makes a repetition safe, \`Baton-Actor\` says who asks.
- **Problems** are \`application/problem+json\` (RFC 9457): \`type\` is stable and for machines, \`detail\` says what happened
  and what to do, \`errors\` names the fields. Unknown fields and parameters, and fields that come twice, are refused.
- **Lists** come in pages: give \`next\` as \`?cursor=\`, or follow the header \`Link\`.
- **Units**: times are UTC, sizes bytes, positions count the events of the log from 1.
- **Frozen**: while an upgrade is active, what would change its cluster answers 423.

This version knows no authentication: whoever reaches the API may do everything.
`.trim();

/** The groups of the routes, in the order in which an upgrade needs them. */
export const TAGS: readonly (readonly [name: string, description: string])[] = [
  ['clusters', 'The clusters, and their nodes as they report themselves'],
  ['releases', 'The catalogue of releases, and their artifacts'],
  ['strategies', 'The policies that upgrades follow, from files and published'],
  ['fronts', "Other systems' protocols over a cluster"],
  ['plans', 'Dry runs: all checks and the order of the nodes; nothing is changed'],
  ['upgrades', 'Start, watch, explain and steer upgrades'],
  ['events', 'The log of everything that happened, once or live'],
  ['projections', 'The read models that answer most of the GETs'],
  ['health', 'For those who watch the processes'],
];
