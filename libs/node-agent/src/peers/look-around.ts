import type { NodeCommand, PortLook, PortSight, ProbeResult } from '@baton/contracts';
import type { PeerClient } from './peer-client.js';
import { resolveName } from './resolve-name.js';

const CONNECT_MS = 3_000;

type Asked = Pick<NodeCommand, 'urls' | 'args'>;

/** Opens a connection to every port and asks for every name that the command has besides its peers. */
export const lookAround = async (
  client: Pick<PeerClient, 'connect'>,
  { urls = {}, args: { ports, names } }: Asked,
): Promise<Pick<ProbeResult, 'ports' | 'names'>> => {
  const [reached, resolved] = await Promise.all([
    ports && Promise.all(ports.map((look) => lookAt(client, look, urls))),
    names && Promise.all(names.map(resolveName)),
  ]);
  return { ...(reached && { ports: reached }), ...(resolved && { names: resolved }) };
};

const lookAt = async (
  client: Pick<PeerClient, 'connect'>,
  look: PortLook,
  urls: NonNullable<Asked['urls']>,
): Promise<PortSight> => {
  const { port } = look;
  const to = 'host' in look ? look.host : look.nodeId;
  try {
    const host = 'host' in look ? look.host : hostOf(urls[look.nodeId]);
    return { to, port, ok: true, seen: await client.connect(host, port, CONNECT_MS) };
  } catch (error) {
    return { to, port, ok: false, seen: (error as Error).message };
  }
};

const hostOf = (url: string | undefined): string => {
  if (url === undefined) throw new Error('its address is not known');
  // An address of version 6 stands in brackets in a URL only.
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
};
