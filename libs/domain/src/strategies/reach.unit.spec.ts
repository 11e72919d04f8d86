import { strategy } from '../../test/precheck-fixtures.js';
import { parseStrategy } from './parse-strategy.js';

const errorsOf = (over: object): readonly string[] => {
  const result = parseStrategy({ ...strategy(), ...over });
  return 'errors' in result ? result.errors.map(({ message }) => message) : [];
};

it('reads which ports and names nodes must reach (V-13, X-29, X-30)', () => {
  const read = strategy({
    reach: [
      { from: { role: 'se' }, to: { role: 'controller' }, port: 8443 },
      { from: { role: 'controller' }, to: 'www.github.com', port: 22 },
      { to: '10.0.0.1', port: 65_535 },
      { to: '::1', port: 1 },
      { to: '2001:db8::1', port: 443 },
    ],
    names: [
      { from: { role: 'controller' }, name: 'www.github.com', server: '8.8.8.8' },
      { name: 'localhost', server: '127.0.0.1:5353' },
      { name: 'a.test', server: '[::1]:53' },
      { name: 'b.test' },
    ],
  });
  expect(parseStrategy(read)).toEqual({ strategy: read });
});

const port = 'a whole number of TCP port from 1 to 65535';

it.each<readonly [object, string]>([
  [{ reach: [] }, 'reach must be a list with an entry, not a list'],
  [{ reach: [{ to: 'a.test', port: 0 }] }, `reach[0].port must be ${port}, not 0`],
  [{ reach: [{ to: 'a.test', port: '443' }] }, `reach[0].port must be ${port}, not "443"`],
  [{ reach: [{ port: 443 }] }, 'reach[0].to must be a host name, an address, or a map of labels, it is missing'],
  [
    { reach: [{ to: 'http://a.test', port: 443 }] },
    'reach[0].to must be a host name or an address, not "http://a.test"',
  ],
  [{ reach: [{ to: 'a.test:443', port: 443 }] }, 'reach[0].to must be a host name or an address, not "a.test:443"'],
  [{ reach: [{ to: '', port: 443 }] }, 'reach[0].to must be a host name or an address, not ""'],
  [{ reach: [{ to: { role: 7 }, port: 443 }] }, 'reach[0].to.role must be a text, not 7'],
  [{ reach: [{ from: 'se', to: 'a.test', port: 443 }] }, 'reach[0].from must be a map of names to values, not "se"'],
  [{ reach: [{ to: 'a.test', port: 443, udp: true }] }, 'reach[0].udp is not known; there are from, to, port'],
  [{ names: [{ name: 'a b' }] }, 'names[0].name must be a host name, not "a b"'],
  [{ names: [{ name: 'a'.repeat(64) }] }, `names[0].name must be a host name, not "${'a'.repeat(60)}"`],
  ...['8.8.8', '8.8.8.256', '8.8.8.8:0', '8.8.8.8:65536', 'dns.test', '[::1]'].map(
    (server) =>
      [
        { names: [{ name: 'a.test', server }] },
        `names[0].server must be the address of a resolver, e.g. 8.8.8.8 or 127.0.0.1:5353, not "${server}"`,
      ] as const,
  ),
  [
    { reach: Array.from({ length: 17 }, () => ({ to: 'a.test', port: 443 })) },
    'reach must have at most 16 entries, not 17',
  ],
])('says what is wrong with %j', (over, message) => {
  expect(errorsOf(over)).toEqual([message]);
});
