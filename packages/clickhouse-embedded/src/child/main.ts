// The child process: opens the engine and serves the sockets its parent hands it. When the IPC
// channel closes it kills itself at once; nothing acknowledged is lost by that.
import type { Socket } from 'node:net';
import { asToChild, type EngineConfig, type InsertFailpoint, type ToParent } from '../messages.ts';
import { type Engine, openEngine } from './engine.ts';
import type { InsertHooks } from './run-query.ts';
import { createHttpFront, type HttpFront } from './server.ts';

const announce = (message: ToParent, then?: () => void): void => {
  process.send?.(message, undefined, undefined, () => then?.());
};

const dieNow = (): void => {
  process.kill(process.pid, 'SIGKILL');
};

const hooksFor = (failpoint: InsertFailpoint | undefined): InsertHooks => {
  let inserts = 0;
  return {
    received: () => {
      inserts += 1;
      if (failpoint?.at === 'insert-received' && inserts > failpoint.afterInserts) dieNow();
    },
    applied: () => {
      if (failpoint?.at === 'insert-applied' && inserts > failpoint.afterInserts) dieNow();
    },
  };
};

const sockets = new Set<Socket>();
let running: { readonly engine: Engine; readonly front: HttpFront } | undefined;

const start = (config: EngineConfig): void => {
  try {
    const engine = openEngine(config.folder);
    const front = createHttpFront({ engine, config, hooks: hooksFor(config.failpoint) });
    running = { engine, front };
    announce({ kind: 'ready' });
  } catch (error) {
    announce({ kind: 'failed', message: String(error) }, () => process.exit(1));
  }
};

const takeSocket = (id: number, socket: Socket): void => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  // An http server does this for sockets it accepts itself.
  socket.setNoDelay(true);
  // An http server that never listens is fed this way.
  running?.front.server.emit('connection', socket);
  announce({ kind: 'took', id });
};

const stop = async (): Promise<void> => {
  await running?.front.idle();
  for (const socket of sockets) socket.destroy();
  running?.engine.close();
  process.exit(0);
};

process.on('disconnect', dieNow);
// Ctrl-C reaches the whole process group, and the parent still needs us to finish its last inserts.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('message', (value: unknown, handle?: Socket) => {
  const message = asToChild(value);
  switch (message?.kind) {
    case 'start':
      start(message.config);
      break;
    case 'connection':
      if (handle !== undefined) takeSocket(message.id, handle);
      break;
    case 'ping':
      announce({ kind: 'pong' });
      break;
    case 'stop':
      void stop();
      break;
    case undefined:
      break;
  }
});
