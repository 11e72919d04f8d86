import { readFileSync } from 'node:fs';
import { categoryOf } from '@baton/kernel';
import { documented } from './documented.js';
import { eventsPage } from '../test/events-page.js';
import { exampleFiles, exampleOf, owners, readContracts, wrongExamples } from '../test/payloads.js';

const { events, types } = readContracts();

describe('every event', () => {
  it('has one stored example of its version, on a stream of its category, and there is no other example', () => {
    expect(exampleFiles()).toEqual(events.map(({ name }) => `${name}.v1.json`).sort());
    for (const { name, category } of events) {
      const { stream, type } = exampleOf(name) ?? { stream: '', type: '' };
      expect([type, categoryOf(stream)]).toEqual([name, category]);
    }
  });

  it('has an example that the compiler takes for its payload, with every field that must be there', () => {
    expect(wrongExamples(events)).toEqual([]);
    const broken = { lane: 'main', wave: 'first', extra: 1 };
    expect(
      wrongExamples(
        events.filter(({ name }) => name === 'LaneOpened'),
        () => broken,
      ),
    ).not.toEqual([]);
  });

  it('belongs to a category that one service may append to', () => {
    expect(new Set(events.map(({ category }) => category))).toEqual(new Set(owners().keys()));
  });

  it('is in the union of its category, and each union is made of events', () => {
    const listed = [...owners().keys()].flatMap((category) => {
      const source = readFileSync(`libs/contracts/src/events/${category}.ts`, 'utf8');
      const union = /export type \w+Event =([^;]*);/.exec(source)?.[1] ?? '';
      return union.split('|').map((name) => name.trim());
    });
    expect(listed.filter(Boolean).sort()).toEqual(events.map(({ name }) => name).sort());
  });
});

describe('docs/events.md', () => {
  it('is what the sources of the events say; npm run docs makes it anew', () => {
    const { stored, made } = documented('docs/events.md', eventsPage(events, types));
    expect(stored).toBe(made);
  });
});
