// Keeps one engine running: starts it again after every death, and replaces a child that answers no
// heartbeat. It never gives up.
import { EngineProcess, type Exit } from './engine-process.ts';
import type { FrontDoor } from './front-door.ts';
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
