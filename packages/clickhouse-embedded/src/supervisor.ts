// Keeps one engine running: starts it again after every death, and replaces a child that answers no
// heartbeat. It never gives up.

import { createServer, type Server, type Socket } from 'node:net';
import { EngineProcess, type Exit } from './engine-process.ts';
import type { EngineConfig } from './messages.ts';
import type { EngineLock } from './owner-lock.ts';

const RESTART_MS_FIRST = 50;
const RESTART_MS_MAX = 5_000;
/** A child that lived this long has proven itself, and the next wait is short again. */
const STABLE_MS = 30_000;
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 5_000;

export type ClickHouseEvent =
  | { readonly type: 'ready'; readonly pid: number; readonly url: string }
  | {
      readonly type: 'exited';
      readonly pid: number;
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      readonly failure: string | undefined;
      readonly restartInMs: number;
    }
  | { readonly type: 'output'; readonly line: string };

export interface SupervisorOptions {
  readonly config: EngineConfig;
  readonly door: FrontDoor;
  readonly lock: EngineLock;
  readonly onEvent: (event: ClickHouseEvent) => void;
}

const whyItEnded = (exit: Exit): string =>
  [exit.failure ?? `exit code ${exit.code}, signal ${exit.signal}`, ...exit.tail].join('\n');

export class Supervisor {
  private readonly options: SupervisorOptions;
  private engine: EngineProcess | undefined;
  private readyAtMs: number | undefined;
  private failures = 0;
  private restartTimer: NodeJS.Timeout | undefined;
  private stopped: (() => void) | undefined;

  constructor(options: SupervisorOptions) {
    this.options = options;
  }

  /** Rejects if the first child does not come up. */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.launch(this.options.config, (exit) => {
        if (exit === undefined) resolve();
        else reject(new Error(`The embedded ClickHouse did not start: ${whyItEnded(exit)}`));
      });
    });
  }

  pid(): number | undefined {
    return this.engine?.pid;
  }

  kill(): void {
    this.engine?.kill();
  }

  async stop(): Promise<void> {
    clearTimeout(this.restartTimer);
    this.options.door.setDelegation(undefined);
    const engine = this.engine;
    if (engine === undefined) {
      this.stopped = () => undefined;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => engine.kill(), STOP_MS_MAX);
      this.stopped = () => {
        clearTimeout(timer);
        resolve();
      };
      if (engine.isSilent) engine.kill();
      else engine.requestStop();
    });
  }

  /** `first` is told once: undefined when ready, or how the child ended before that. */
  private launch(config: EngineConfig, first?: (exit: Exit | undefined) => void): void {
    const { door, lock, onEvent } = this.options;
    const timer = setTimeout(() => this.engine?.kill(), START_MS_MAX);
    const engine = new EngineProcess({
      config,
      onLine: (line) => onEvent({ type: 'output', line }),
      onReady: () => {
        clearTimeout(timer);
        this.readyAtMs = performance.now();
        if (this.stopped === undefined)
          door.setDelegation((socket, failed) => engine.delegating(socket, failed));
        onEvent({ type: 'ready', pid: engine.pid, url: door.url });
        first?.(undefined);
      },
      onExit: (exit) => {
        clearTimeout(timer);
        const wasReady = this.readyAtMs !== undefined;
        door.setDelegation(undefined);
        this.engine = undefined;
        if (this.stopped !== undefined) this.stopped();
        else if (first !== undefined && !wasReady) first(exit);
        else this.scheduleRestart(engine.pid, exit);
      },
    });
    this.engine = engine;
    lock.setChild(engine.pid);
  }

  private scheduleRestart(pid: number, exit: Exit): void {
    const livedMs = this.readyAtMs === undefined ? 0 : performance.now() - this.readyAtMs;
    this.readyAtMs = undefined;
    this.failures = livedMs >= STABLE_MS ? 0 : this.failures + 1;
    const restartInMs = Math.min(
      RESTART_MS_MAX,
      RESTART_MS_FIRST * 2 ** Math.max(0, this.failures - 1),
    );
    this.options.onEvent({
      type: 'exited',
      pid,
      code: exit.code,
      signal: exit.signal,
      failure: exit.failure,
      restartInMs,
    });
    // A failpoint kills one child only; the next has to live.
    const { failpoint: _, ...config } = this.options.config;
    this.restartTimer = setTimeout(() => this.launch(config), restartInMs);
  }
}

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

type Delegation = (socket: Socket, failed: () => void) => void;

// Owns the port and hands each accepted socket to the child, so that the URL outlives every child
// and no result byte is copied. Requests under way fail with ECONNRESET: only the caller knows
// whether repeating is harmless.
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
