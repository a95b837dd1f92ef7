// Owns the port and hands each accepted socket to the child, so that the URL outlives every child
// and no result byte is copied. Requests under way fail with ECONNRESET: only the caller knows
// whether repeating is harmless.
import { createServer, type Server, type Socket } from 'node:net';

/** Connections waiting for a child; beyond it the answer is 503. */
export const OPEN_CONNECTIONS_MAX = 256;
/** How long one waits, well within the 30 s that @clickhouse/client gives a request. */
export const HOLD_MS_MAX = 15_000;

const BODY = 'Code: 203. DB::Exception: The embedded engine is starting (NO_FREE_CONNECTION)\n';
const UNAVAILABLE = [
  'HTTP/1.1 503 Service Unavailable',
  'Content-Type: text/plain; charset=UTF-8',
  'X-ClickHouse-Exception-Code: 203',
  `Content-Length: ${BODY.length}`,
  'Connection: close',
  '',
  BODY,
].join('\r\n');

export type Delegation = (socket: Socket, failed: () => void) => void;

export class FrontDoor {
  readonly url: string;
  private readonly server: Server;
  private readonly inHand = new Map<Socket, NodeJS.Timeout>();
  private delegating: Delegation | undefined;

  private constructor(server: Server, port: number) {
    this.server = server;
    this.url = `http://127.0.0.1:${port}`;
    server.on('connection', (socket) => this.admit(socket));
  }

  static async open(port: number): Promise<FrontDoor> {
    const server = createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host: '127.0.0.1' }, resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string')
      throw new Error('A TCP server has an address with a port.');
    return new FrontDoor(server, address.port);
  }

  /** With a way to hand over, waiting connections go through it at once; without, they wait. */
  setDelegation(delegating: Delegation | undefined): void {
    this.delegating = delegating;
    if (delegating === undefined) return;
    for (const [socket, timer] of this.inHand) {
      clearTimeout(timer);
      this.inHand.delete(socket);
      this.admit(socket);
    }
  }

  close(): void {
    this.server.close();
    for (const [socket, timer] of this.inHand) {
      clearTimeout(timer);
      socket.destroy();
    }
    this.inHand.clear();
  }

  private admit(socket: Socket): void {
    if (socket.destroyed) return;
    if (this.delegating === undefined) this.hold(socket);
    // What could not be handed over waits for the next child: the present one is on its way out.
    else this.delegating(socket, () => this.hold(socket));
  }

  private hold(socket: Socket): void {
    if (this.inHand.size >= OPEN_CONNECTIONS_MAX) {
      socket.end(UNAVAILABLE);
      return;
    }
    const forget = (): void => {
      clearTimeout(this.inHand.get(socket));
      this.inHand.delete(socket);
    };
    // A client that gives up while waiting is its own business.
    socket.on('error', forget);
    socket.on('close', forget);
    const timer = setTimeout(() => {
      forget();
      socket.end(UNAVAILABLE);
    }, HOLD_MS_MAX);
    this.inHand.set(socket, timer);
  }
}
