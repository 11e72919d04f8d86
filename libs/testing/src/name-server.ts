import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const HEADER_BYTES = 12;
const TYPE_A = 1;
/** No such name. */
const NXDOMAIN = 3;

/** The name that a query asks for, and where its question ends. */
const questionOf = (query: Buffer): { readonly name: string; readonly type: number; readonly end: number } => {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
};

const answerTo = (query: Buffer, address: string | undefined): Buffer => {
  const { type, end } = questionOf(query);
  const isAnswered = address !== undefined && type === TYPE_A;
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (address === undefined ? NXDOMAIN : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(isAnswered ? 1 : 0, 6);
  const question = query.subarray(HEADER_BYTES, end);
  if (!isAnswered) return Buffer.concat([header, question]);
  // A pointer to the name in the question, type A, class IN, one second, four bytes.
  const record = Buffer.from([0xc0, 0x0c, 0, TYPE_A, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split('.').map(Number)]);
  return Buffer.concat([header, question, record]);
};

/** A resolver on a free UDP port of this machine that knows a few names. */
export class NameServer {
  /** Of version 4, by name; what is not here does not exist. */
  readonly addresses = new Map<string, string>();
  /** So many of the next queries get no answer. */
  unanswered = 0;
  /** Names, as often as they were asked for. */
  readonly asked: string[] = [];

  private constructor(private readonly socket: Socket) {
    socket.on('message', (query, from) => {
      const { name } = questionOf(query);
      this.asked.push(name);
      if (this.unanswered > 0) this.unanswered -= 1;
      else socket.send(answerTo(query, this.addresses.get(name)), from.port, from.address);
    });
  }

  static async start(): Promise<NameServer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new NameServer(socket);
  }

  /** `address:port`. */
  get server(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  async stop(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }
}
