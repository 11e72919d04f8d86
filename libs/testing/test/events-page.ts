// docs/events.md, made of what the sources say.
import { eventSubject } from '@baton/contracts';
import { exampleOf, owners, recordedTypes, type EventType, type Field, type NamedType } from './payloads.js';

const CATEGORIES = [
  'cluster',
  'node',
  'release',
  'strategy',
  'upgrade',
  'precheck',
  'distribution',
  'staging',
  'rollout',
  'lane',
] as const;

const STREAM_OF: Readonly<Record<string, string>> = {
  cluster: 'cluster-<c>',
  node: 'node-<c>_<n>',
  release: 'release-<version>',
  strategy: 'strategy-<name>',
  lane: 'lane-<u>_<lane>',
};

const SERVICE_OF = (role: string): string => (role === 'gateway' ? 'api-gateway' : `${role}-svc`);

const cell = (text: string): string => text.replaceAll('|', '\\|');

const table = (fields: readonly Field[]): readonly string[] => [
  '| field | type | meaning |',
  '| --- | --- | --- |',
  ...fields.map(
    ({ name, type, isOptional, comment }) =>
      `| \`${name}${isOptional ? '?' : ''}\` | \`${cell(type)}\` | ${cell(comment)} |`,
  ),
  '',
];

const eventPart = (
  { name, category, comment, fields }: EventType,
  recorded: ReadonlySet<string>,
): readonly string[] => {
  const example = exampleOf(name);
  const cluster = ['release', 'strategy'].includes(category) ? '-' : 'demo';
  const subject = example && eventSubject({ cluster, stream: example.stream, type: name });
  return [
    `### ${name}`,
    '',
    ...(comment ? [comment, ''] : []),
    ...(recorded.has(name) ? [] : ['No rule of this version records it.', '']),
    ...(fields.length > 0 ? table(fields) : ['No fields.', '']),
    `Example: [${name}.v1.json](../libs/contracts/examples/${name}.v1.json), on \`${subject}\`.`,
    '',
  ];
};

const typePart = ({ name, comment, fields, code }: NamedType): readonly string[] => [
  `### ${name}`,
  '',
  ...(comment ? [comment, ''] : []),
  ...(code === undefined
    ? table(fields)
    : [`One of ${code.replaceAll(/["'](.*?)["']/g, '`$1`').replaceAll(' | ', ', ')}.`, '']),
];

/** The page as Markdown, not yet formatted. */
export const eventsPage = (events: readonly EventType[], types: readonly NamedType[]): string => {
  const ownerOf = owners();
  const recorded = recordedTypes();
  const stream = (category: string): string => STREAM_OF[category] ?? `${category}-<u>`;
  const owner = (category: string): string => SERVICE_OF(ownerOf.get(category) ?? '');
  const of = (category: string): readonly EventType[] => events.filter((event) => event.category === category);
  return [
    '# Events',
    '',
    'Made by `npm run docs` from `libs/contracts/src/events`; a test fails when it is stale. Do not edit it.',
    '',
    'An event has one name everywhere: in the code, in the log, in its subject and here. Its version stands in the type of',
    'its CloudEvent, `io.baton.<Type>.v1`. `?` marks a field that may be absent. How to read them all:',
    '[subscribing.md](subscribing.md). What follows on what: [state-machines.md](state-machines.md).',
    '',
    ...CATEGORIES.map((category) => {
      const names = of(category).map(({ name }) => `[${name}](#${name.toLowerCase()})`);
      return `- \`${stream(category)}\`, appended by ${owner(category)}: ${names.join(', ')}`;
    }),
    '',
    '`<c>` is a cluster, `<n>` a node, `<u>` an upgrade or a plan. The database lets only the owner append.',
    '',
    ...CATEGORIES.flatMap((category) => [
      `## Events of \`${stream(category)}\``,
      '',
      ...of(category).flatMap((event) => eventPart(event, recorded)),
    ]),
    '## Types of fields',
    '',
    ...types.flatMap(typePart),
  ].join('\n');
};
