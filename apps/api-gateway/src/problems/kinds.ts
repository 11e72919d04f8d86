/** A kind of problem: the last part of its `type`, for machines. */
interface Kind {
  readonly status: number;
  readonly title: string;
  /** When it comes and what to do, in a sentence or two; the `detail` of an answer says it of the very request. */
  readonly meaning: string;
}

const kind = (status: number, title: string, meaning: string): Kind => ({ status, title, meaning });

/** Every kind of problem that the API answers with, by status. The kinds of refusals are the domain's. */
export const PROBLEM_KINDS = {
  'invalid-request': kind(
    400,
    'The request has fields that cannot be used',
    '`errors` names each field, parameter or header and what it must be. Correct and send again.',
  ),
  'malformed-json': kind(400, 'The body is not JSON', 'Send one JSON object in UTF-8.'),
  'unknown-route': kind(404, 'There is no such route', 'Compare method and path with `/docs`.'),
  'unknown-cluster': kind(404, 'There is no such cluster', 'Look it up: `GET /v1/clusters`.'),
  'unknown-node': kind(404, 'There is no such node', 'Look it up: `GET /v1/clusters/{cluster}/nodes`.'),
  'unknown-release': kind(404, 'There is no such release', 'Register it first: `POST /v1/releases`.'),
  'unknown-artifact': kind(404, 'There is no such artifact', 'Nothing with this sha256 was uploaded.'),
  'unknown-upgrade': kind(
    404,
    'There is no such upgrade',
    'Look it up: `GET /v1/upgrades`. With `?at=`: it had not begun then; `errors` says when it did.',
  ),
  'unknown-plan': kind(404, 'There is no such plan', 'Make one: `POST /v1/clusters/{cluster}/plans`.'),
  'strategy-not-found': kind(404, 'There is no such strategy', 'Look it up: `GET /v1/strategies`.'),
  'unknown-backup': kind(404, 'There is no such backup', 'Look it up: `GET /v1/clusters/{cluster}/backups`.'),
  'unknown-command': kind(404, 'There is no such command', '`detail` lists all commands.'),
  'request-timeout': kind(408, 'The request did not come to its end', 'It was sent too slowly. Send it again.'),
  'cluster-exists': kind(409, 'The cluster exists', 'It has another title. Take another `clusterId`, or use this one.'),
  'release-differs': kind(
    409,
    'The version is registered with other content',
    'A version never changes. Register what you have as another version.',
  ),
  'upgrade-active': kind(
    409,
    'Another upgrade is active',
    'A cluster has one upgrade at a time. `detail` names it: wait until it is over, or abort it.',
  ),
  'upgrade-superseded': kind(
    409,
    'A later upgrade was admitted',
    'Only the latest upgrade of a cluster can be rolled back or finalized.',
  ),
  'strategy-shipped': kind(
    409,
    'The name is that of a strategy from a file',
    'A file is not written over. Publish it under another name.',
  ),
  'slot-taken': kind(
    409,
    'A host of the group may reboot',
    '`detail` names it. One of a group reboots at a time, and none while an upgrade is active: ask again when it is up.',
  ),
  'slot-not-held': kind(
    409,
    'The slot is not held by this host',
    '`GET /v1/clusters/{cluster}` lists in `slots` who holds which.',
  ),
  'not-quarantined': kind(
    409,
    'The release is not quarantined',
    'There is nothing to lift; `GET /v1/clusters/{c}` lists what is in quarantine.',
  ),
  'release-quarantined': kind(
    409,
    'The release is quarantined',
    'The cluster has gone back from it. Take another, or lift it: `POST /v1/clusters/{c}/quarantine/{version}/lift`.',
  ),
  'artifact-missing': kind(
    409,
    'The artifact was not uploaded',
    'Send it first: `PUT /v1/releases/{version}/artifact`.',
  ),
  'image-unfit': kind(
    409,
    'The image is for another deployment',
    'The label `deployment` of the controllers says which they take: `vm` or `bare-metal`. Send the path of that image.',
  ),
  'node-silent': kind(
    409,
    'The node does not answer',
    'Nobody knows what it runs, so it stays evicted. Start it and its agent, and readmit it then.',
  ),
  'no-nodes': kind(409, 'The cluster has no nodes', 'Start the agents: nodes join by themselves.'),
  'plan-unfit': kind(
    409,
    'The plan no longer fits',
    'The plan is of another cluster, has not passed, or something changed since: `changes` lists it, before and now. Make a new one.',
  ),
  'illegal-command': kind(
    409,
    'The command is not legal now',
    '`state` is the state of the upgrade, `allowed` lists the commands that are legal in it.',
  ),
  stuck: kind(
    409,
    'No legal way leads on',
    'Those that lag cannot take what others run, and these cannot go on before. `detail` names them and the way out.',
  ),
  'not-stuck': kind(409, 'The cluster is not stuck', 'There is a legal way: `POST /v1/clusters/{c}/upgrades`.'),
  'write-contended': kind(409, 'Too many writes at once', 'Nothing was changed. Send it again.'),
  'body-too-large': kind(413, 'The body is too large', 'JSON may have 64 KiB, a configuration 30 KiB.'),
  'unsupported-media-type': kind(
    415,
    'The content type is not supported',
    'Send JSON as `application/json`, an artifact as `application/octet-stream`, both uncompressed.',
  ),
  'range-not-satisfiable': kind(
    416,
    'The range lies outside the artifact',
    '`Content-Range` says how many bytes there are.',
  ),
  'invalid-strategy': kind(
    422,
    'The strategy cannot be used',
    '`errors` says of each field, with its line where the body is YAML, what it must be.',
  ),
  'unknown-strategy': kind(422, 'There is no such strategy', '`detail` lists all strategies.'),
  'reason-missing': kind(
    422,
    'The request needs a reason',
    '`force`, waivers and `retarget` are not taken without one: `reason`.',
  ),
  'unknown-check': kind(422, 'There is no such check', '`detail` lists all checks.'),
  'check-not-waivable': kind(
    422,
    'The check cannot be waived',
    'Baton itself relies on it. `detail` lists those that may be waived.',
  ),
  'bad-version': kind(422, 'The version cannot be used', 'Give Major, Major.Minor or Major.Minor.Build.'),
  'unknown-version': kind(
    422,
    'There is no such version',
    'No registered release fits `to`. Look it up: `GET /v1/releases`.',
  ),
  'lower-version': kind(
    422,
    'The version is lower than the running one',
    'An upgrade never goes down. To go back use `rollback`.',
  ),
  'rule-forbids': kind(
    422,
    'A rule forbids to go there',
    'The detail begins with the name of the rule and says what is missing: see `versions` in docs/strategies.md.',
  ),
  'bad-selection': kind(
    422,
    'These nodes cannot be chosen',
    'The detail says what is wrong: a field of `select`, or the rule of `nodes` that forbids it; see docs/strategies.md.',
  ),
  'already-running': kind(422, 'The version is running already', 'There is nothing to do.'),
  'target-missing': kind(422, 'The command needs a release', 'Name it: `to`.'),
  'unsupported-mix': kind(
    422,
    'Versions that may not run side by side',
    '`detail` names each pair, with the nodes that run them. Take another release.',
  ),
  'node-missing': kind(422, 'The command needs a node', 'Name it: `nodeId`, or `lane` for the holder of its token.'),
  'artifact-mismatch': kind(
    422,
    'The artifact is not the registered one',
    'Size or sha256 differ, or the upload was cut off. Nothing was kept. Send the whole artifact again.',
  ),
  'bad-image-path': kind(
    422,
    'The path of the image cannot be used',
    '`image_path` must be `controller://` and plain names that lead to a file of one of two names, in one folder.',
  ),
  'image-missing': kind(422, 'There is no image at this path', 'Copy it there first.'),
  'image-unregistered': kind(
    422,
    'The image is no release',
    'No release in the catalogue has its sha256. Register it first: `POST /v1/releases`.',
  ),
  'idempotency-key-reused': kind(
    422,
    'The idempotency key was used with another body',
    'Take a new key for a new request.',
  ),
  'cluster-frozen': kind(
    423,
    'The cluster is frozen by an active upgrade',
    '`active` says by which, who asked and since when. Wait until it is over, or abort it.',
  ),
  'headers-too-large': kind(431, 'The headers are too large', 'Path and headers may have 16 KiB together.'),
  'internal-error': kind(
    500,
    'Something broke',
    'A bug. The cause is in the log of api-gateway; nothing is known to have changed.',
  ),
  'outcome-unknown': kind(
    503,
    'It is not known whether this was recorded',
    'The database went away in between. Send it again with the same `Idempotency-Key`.',
  ),
  'not-ready': kind(503, 'A dependency is missing', '`missing` names it, `Retry-After` says when to ask again.'),
  'read-models-behind': kind(
    503,
    'The read models have not seen that position yet',
    'Ask again. If it stays: `GET /readyz` and `GET /v1/projections`.',
  ),
};

export type ProblemKind = keyof typeof PROBLEM_KINDS;

/** Of any route, or of any write: what has to do with the request as such, or with what the gateway stands on. */
export const GENERAL_KINDS: readonly ProblemKind[] = [
  ...(['invalid-request', 'malformed-json', 'unknown-route', 'request-timeout', 'write-contended'] as const),
  ...(['body-too-large', 'unsupported-media-type', 'idempotency-key-reused', 'headers-too-large'] as const),
  ...(['internal-error', 'outcome-unknown', 'not-ready', 'read-models-behind'] as const),
];

export const isProblemKind = (name: string): name is ProblemKind => Object.hasOwn(PROBLEM_KINDS, name);

/** The `type` of a problem. */
export const problemType = (name: ProblemKind): string => `/problems/${name}`;
