/** What stands between a service and its store: lets through, refuses, or takes and never answers. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export type StoreState = 'there' | 'away' | 'hung';

export class StoreProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #state: StoreState = 'there';

  private constructor(target: URL) {
    this.#server = createServer((client) => this.#join(client, target));
  }

  static async open(url: string): Promise<StoreProxy> {
    const proxy = new StoreProxy(new URL(url));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    const at = this.#server.address();
    return `http://127.0.0.1:${typeof at === 'object' ? at?.port : at}`;
  }

  /** Connections that are open hang or end, as they would. */
  become(state: StoreState): void {
    this.#state = state;
    for (const socket of this.#sockets) {
      if (state === 'hung') socket.pause();
      else socket.destroy();
    }
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket, { hostname, port }: URL): void {
    if (this.#state === 'away') return void client.destroy();
    this.#know(client);
    if (this.#state === 'hung') return void client.pause();
    const store = connect(Number(port), hostname);
    this.#know(store);
    client.pipe(store).pipe(client);
    client.once('close', () => store.destroy());
    store.once('close', () => client.destroy());
  }

  #know(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
