import type { NameLook, NameSight } from '@baton/contracts';
import { CANCELLED, Resolver, TIMEOUT } from 'node:dns/promises';

const QUERY_MS = 1_000;
/** A resolver that answers now and then is none to rely on. */
const TIMES = 3;
const ADDRESSES_SHOWN = 3;

/** Asks for a name several times, past every cache of this machine; it is well only when each time addresses came. */
export const resolveName = async (look: NameLook): Promise<NameSight> => {
  const { name, server } = look;
  const asked = { name, ...(server !== undefined && { server }) };
  let addresses: readonly string[] = [];
  for (let time = 1; time <= TIMES; time += 1) {
    try {
      addresses = await ask(look);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // Cancelled by our own deadline, which on a busy host comes first.
      const why = code === CANCELLED ? TIMEOUT : (code ?? message);
      return { ...asked, ok: false, seen: `${why} when asked for the ${time}. time of ${TIMES}` };
    }
  }
  return { ...asked, ok: true, seen: addresses.slice(0, ADDRESSES_SHOWN).join(', ') };
};

const ask = async ({ name, server }: NameLook): Promise<readonly string[]> => {
  const resolver = new Resolver({ timeout: QUERY_MS, tries: 1 });
  // Several resolvers, each with its time, must not add up.
  const deadline = setTimeout(() => resolver.cancel(), QUERY_MS + QUERY_MS / 2);
  try {
    if (server !== undefined) resolver.setServers([server]);
    return await resolver.resolve4(name).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENODATA') throw error;
      return resolver.resolve6(name);
    });
  } finally {
    clearTimeout(deadline);
  }
};
