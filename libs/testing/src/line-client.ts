import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A client of a simulated workload on one connection, a line each way. */
export class LineClient {
  private rest = '';
  private readonly lines: string[] = [];
  private isClosed = false;
  private wake = (): void => undefined;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${this.rest}${text}`.split('\n');
      this.rest = lines.pop() ?? '';
      this.lines.push(...lines);
      this.wake();
    });
    // Who is cut off in the middle of a request may see a reset; the close that follows tells enough.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.isClosed = true;
      this.wake();
    });
  }

  static async connect(port: number): Promise<LineClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new LineClient(socket);
  }

  write(text: string): void {
    this.socket.write(text);
  }

  send(line: string): void {
    this.write(`${line}\n`);
  }

  /** The next answer; undefined: it was cut off without one. */
  async answer(): Promise<string | undefined> {
    while (this.lines.length === 0 && !this.isClosed) await new Promise<void>((resolve) => (this.wake = resolve));
    return this.lines.shift();
  }

  ask(line: string): Promise<string | undefined> {
    this.send(line);
    return this.answer();
  }

  close(): void {
    this.socket.destroy();
  }
}
