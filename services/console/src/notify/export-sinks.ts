/** Where exported alerts go: HTTP, syslog, a file, a topic of Kafka. Each gets one document a revision, under one id. */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { connect as connectTls } from 'node:tls';
import type { EventLog } from '@waywarden/event-log';
import { openKafkaLog } from '@waywarden/event-log/kafka';
import type { Alert } from '@waywarden/schemas';
import { ecsAlert } from '../core/export/ecs-alert.ts';
import { ocsfFinding, type Work } from '../core/export/ocsf-finding.ts';
import { syslogFrame } from '../core/export/syslog-frame.ts';
import { post, type SendOutcome, TIMEOUT_MS } from './deliver.ts';
import type { ExportReceiver } from './notify-settings.ts';

const FILE_MODE = 0o600;
/** Of the end of a file, in which its last document is looked for: longer than any. */
const TAIL_BYTES = 1024 * 1024;
const KAFKA_TRIES = 3;

export interface Export {
  readonly id: string;
  readonly alert: Alert;
  readonly work: Work;
  /** Address of its page. */
  readonly url: string;
}

/** The same for one revision, whoever sends it again. */
export const exportId = ({ alert_id: id, revision }: Alert): string => `${id}.${revision}`;

function documentOf({ format }: ExportReceiver, { id, alert, work, url }: Export): string {
  const of = { id, alert, work, url };
  const document = format === 'ecs' ? ecsAlert(of) : ocsfFinding(of);
  return JSON.stringify(document);
}

const again = (error: unknown): SendOutcome => ({
  outcome: 'again',
  why: error instanceof Error ? error.message : String(error),
});

type Of<Kind extends ExportReceiver['kind']> = ExportReceiver & { readonly kind: Kind };

/** A connection a message: what was not taken before its end is sent again. */
function overSyslog(receiver: Of<'syslog'>, frame: string): Promise<SendOutcome> {
  const { host, port, tls } = receiver;
  return new Promise((resolve) => {
    const socket = tls ? connectTls({ host, port, servername: host }) : connect({ host, port });
    const end = (delivery: SendOutcome) => {
      socket.destroy();
      resolve(delivery);
    };
    socket.setTimeout(TIMEOUT_MS, () => end(again('no answer in time')));
    socket.on('error', (error) => end(again(error)));
    socket.once(tls ? 'secureConnect' : 'connect', () => socket.end(frame));
    // Not before the other side has ended too: a reset would have come first.
    socket.on('end', () => undefined);
    socket.on('close', (hadError) => {
      if (!hadError) end({ outcome: 'sent', why: '' });
    });
    socket.resume();
  });
}

/** What a kill left of a line is cut off, and a document that is there already is not written again. */
function intoFile({ path }: Of<'file'>, id: string, line: string): SendOutcome {
  const file = openSync(path, existsSync(path) ? 'r+' : 'w+', FILE_MODE);
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, tail, 0, tail.length, size - tail.length);
    const whole = tail.lastIndexOf('\n') + 1;
    const at = size - tail.length + whole;
    if (at < size) ftruncateSync(file, at);
    const last = tail.subarray(0, whole).toString().trimEnd().split('\n').at(-1) ?? '';
    if (!last.includes(JSON.stringify(id))) {
      writeSync(file, `${line}\n`, at);
      fsyncSync(file);
    }
    return { outcome: 'sent', why: '' };
  } catch (error) {
    return again(error);
  } finally {
    closeSync(file);
  }
}

export class ExportSinks {
  /** Kafka's, by the name of the receiver; opened with the first document. */
  readonly #logs = new Map<string, EventLog>();

  async send(receiver: ExportReceiver, one: Export): Promise<SendOutcome> {
    const text = documentOf(receiver, one);
    const { id } = one;
    switch (receiver.kind) {
      case 'http': {
        const { url, authorization } = receiver;
        return post(url, text, authorization === undefined ? {} : { authorization });
      }
      case 'syslog':
        return overSyslog(receiver, syslogFrame({ alert: one.alert, host: hostname(), text }));
      case 'file':
        try {
          return intoFile(receiver, id, text);
        } catch (error) {
          return again(error);
        }
      case 'kafka':
        return this.#intoTopic(receiver, id, text);
    }
  }

  async close(): Promise<void> {
    const logs = [...this.#logs.values()];
    this.#logs.clear();
    await Promise.allSettled(logs.map((log) => log.close()));
  }

  async #intoTopic(receiver: Of<'kafka'>, id: string, text: string): Promise<SendOutcome> {
    const { name, topic, brokers, tls, username, password } = receiver;
    try {
      const log =
        this.#logs.get(name) ??
        (await openKafkaLog({
          ...{ brokers, clientId: 'waywarden-export', ssl: tls, retriesMax: KAFKA_TRIES },
          ...(username === undefined || password === undefined
            ? {}
            : { sasl: { mechanism: 'scram-sha-512' as const, username, password } }),
        }));
      this.#logs.set(name, log);
      const value = new TextEncoder().encode(text);
      const key = id.slice(0, id.indexOf('.'));
      await log.append([{ topic, key, value, headers: { 'document-id': id } }]);
      return { outcome: 'sent', why: '' };
    } catch (error) {
      // After a failed append nothing more is taken by that connection.
      const log = this.#logs.get(name);
      this.#logs.delete(name);
      await log?.close().catch(() => undefined);
      return again(error);
    }
  }
}
