import { createServer, type AddressInfo } from 'node:net';
import { takePorts } from '../src/stack/ports.js';

const busy = createServer();
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  port = (busy.address() as AddressInfo).port;
});
afterAll(() => void busy.close());

describe('ports', () => {
  it('that are taken are all named, with their variables, who has them and what to do', async () => {
    const wanted = [
      { variable: 'BATON_HTTP_PORT', port },
      { variable: 'BATON_NATS_PORT', port: 0 },
      { variable: 'BATON_POSTGRES_PORT', port },
    ];
    const by = process.platform === 'linux' ? ` by process ${process.pid} ` : '';
    const failed = await takePorts(wanted).catch((error: unknown) => (error as Error).message.split('\n'));
    expect(failed).toEqual([
      expect.stringContaining(`port ${port} is taken${by}`),
      expect.stringContaining('set BATON_POSTGRES_PORT to another port (0 takes a free one)'),
    ]);
  });

  it('given as 0 are free ones, and none is given twice', async () => {
    const ports = await takePorts(Array.from({ length: 50 }, () => ({ variable: 'BATON_HTTP_PORT', port: 0 })));
    expect(new Set(ports).size).toBe(50);
    expect(ports).not.toContain(0);
  });
});
