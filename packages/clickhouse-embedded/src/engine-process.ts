// One child process from fork to exit, from source (tsx) or `dist`. Its environment is almost
// empty, as SQL can read it; its zone is UTC.
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { asToParent, type EngineConfig, type ToChild } from './messages.ts';

/** Native calls that run at once: each query occupies a libuv thread, and compression needs some as well. */
const NATIVE_THREADS = '32';
const TAIL_LINES_MAX = 50;
const LINE_CHARS_MAX = 2_000;
/** How often the child is asked for a sign of life, and how many it may leave out before it is killed. */
const BEAT_MS = 1_000;
const MISSED_BEATS_MAX = 10;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly failure: string | undefined;
  readonly tail: readonly string[];
}

export interface EngineProcessOptions {
  readonly config: EngineConfig;
  readonly onReady: () => void;
  readonly onExit: (exit: Exit) => void;
  readonly onLine: (line: string) => void;
}

const sourceArgv = (): string[] => {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return ['--conditions', '@waywarden/source', '--import', tsx];
};

const forkEngine = (): ChildProcess => {
  const fromSource = import.meta.url.endsWith('.ts');
  const entry = new URL(fromSource ? './child/main.ts' : './child/main.js', import.meta.url);
  return fork(fileURLToPath(entry), [], {
    execArgv: fromSource ? sourceArgv() : [],
    env: { UV_THREADPOOL_SIZE: NATIVE_THREADS, TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'json',
  });
};

export class EngineProcess {
  readonly pid: number;
  private readonly child: ChildProcess;
  private readonly tail: string[] = [];
  /** Handed over and not yet confirmed. */
  private readonly unconfirmed = new Map<number, { socket: Socket; failed: () => void }>();
  private failure: string | undefined;
  private nextId = 0;
  private missedBeats = 0;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(options: EngineProcessOptions) {
    this.child = forkEngine();
    this.pid = this.child.pid ?? 0;
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (text) => {
        const line = text.slice(0, LINE_CHARS_MAX);
        this.tail.push(line);
        if (this.tail.length > TAIL_LINES_MAX) this.tail.shift();
        options.onLine(line);
      });
    }
    this.child.on('message', (value) => {
      const message = asToParent(value);
      if (message?.kind === 'ready') {
        this.heartbeat = setInterval(() => this.beat(), BEAT_MS);
        options.onReady();
      } else if (message?.kind === 'pong') this.missedBeats = 0;
      else if (message?.kind === 'took') this.confirm(message.id);
      else if (message?.kind === 'failed') this.failure = message.message;
    });
    this.whenOver((code, signal) => {
      clearInterval(this.heartbeat);
      options.onExit({ code, signal, failure: this.failure, tail: this.tail });
      // The child says `took` before it reads the first byte, so that nothing of these was read.
      for (const { failed } of this.unconfirmed.values()) failed();
      this.unconfirmed.clear();
    });
    this.send({ kind: 'start', config: options.config });
  }

  /** `failed` is called when the child will never serve the socket, which is then as it was. */
  delegating(socket: Socket, failed: () => void): void {
    const id = this.nextId;
    this.nextId += 1;
    this.unconfirmed.set(id, { socket, failed });
    const message: ToChild = { kind: 'connection', id };
    // `connected` is false between the death of the child and its exit event.
    const notSent = (): void => {
      if (this.unconfirmed.delete(id)) failed();
    };
    if (!this.child.connected) notSent();
    else
      this.child.send(message, socket, { keepOpen: true }, (error) => {
        if (error !== null) notSent();
      });
  }

  requestStop(): void {
    this.send({ kind: 'stop' });
  }

  get isSilent(): boolean {
    return this.missedBeats > 1;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Counted in beats and not in time: a parent that was frozen itself has missed nothing. */
  private beat(): void {
    if (this.missedBeats >= MISSED_BEATS_MAX) {
      this.failure ??= `it answered no heartbeat for ${(MISSED_BEATS_MAX * BEAT_MS) / 1000} s`;
      this.kill();
      return;
    }
    this.missedBeats += 1;
    this.send({ kind: 'ping' });
  }

  private confirm(id: number): void {
    // Closes our descriptor only; the connection lives on in the child.
    this.unconfirmed.get(id)?.socket.destroy();
    this.unconfirmed.delete(id);
  }

  private send(message: ToChild): void {
    // An error means that the child is gone, which its exit event tells.
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  // 'close' and not 'exit', so that the last lines are in.
  private whenOver(over: (code: number | null, signal: NodeJS.Signals | null) => void): void {
    let isReported = false;
    const once = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (isReported) return;
      isReported = true;
      over(code, signal);
    };
    this.child.on('close', once);
    this.child.on('error', (error) => {
      this.failure ??= error.message;
      if (this.child.exitCode === null && this.child.pid === undefined) once(null, null);
    });
  }
}
