/**
 * Sends alerts to people and programs: each follows the topic of alerts at its own pace, so that one that is away keeps no other
 * waiting. People get an alert once at each severity and once when it is withdrawn, programs every revision. A failed
 * one is tried again with growing pauses, and set aside after the last.
 */
import type { EventLog } from '@waywarden/event-log';
import { type Alert, HEADERS, type MacKeyRing, TOPICS, verifyMac } from '@waywarden/schemas';
import type { Work } from '../core/export/ocsf-finding.ts';
import { noticeId } from '../core/notify/notify-message.ts';
import { isFor, TRIES_MAX, waitMs } from '../core/notify/notify-route.ts';
import { UNTOUCHED } from '../core/triage/alert-triage.ts';
import { deliverNotice } from './deliver.ts';
import type { SendOutcome } from './delivery.ts';
import { ExportSinks, exportId } from './export-sinks.ts';
import { isExport, type NotifyReceiver, type NotifySettings } from './notify-settings.ts';
import { type DeadNotice, type NotifyProgress, NotifyState } from './notify-state.ts';

const LOOK_EVERY_MS = 1_000;
const BATCH = 200;
const DECODER = new TextDecoder();

export interface NotifierParts {
  readonly log: EventLog;
  readonly tenant: string;
  readonly ring: MacKeyRing;
  readonly settings: NotifySettings;
  readonly stateFile: string;
  readonly publicUrl: string;
  readonly ownerOf: (agent: string) => string | undefined;
  readonly workOf: (alertId: string) => Work | undefined;
  readonly nowMs: () => number;
  /** Between two tries; tests hurry it. */
  readonly pauseMs?: (tries: number) => number;
}

export interface ReceiverReport {
  readonly name: string;
  readonly kind: NotifyReceiver['kind'];
  readonly sent: number;
  readonly failing: string | null;
}

export class Notifier {
  readonly #parts: NotifierParts;
  readonly #state: NotifyState;
  readonly #sinks = new ExportSinks();
  readonly #failing = new Map<string, string>();
  readonly #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(parts: NotifierParts) {
    this.#parts = parts;
    this.#state = new NotifyState(parts.stateFile);
  }

  start(): void {
    const { receivers } = this.#parts.settings;
    this.#running = Promise.all(receivers.map((one) => this.#serve(one)));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#sinks.close();
  }

  report(): readonly ReceiverReport[] {
    return this.#parts.settings.receivers.map(({ name, kind }) => ({
      ...{ name, kind, sent: this.#state.of(name)?.sent.length ?? 0 },
      failing: this.#failing.get(name) ?? null,
    }));
  }

  /** A made-up alert to one receiver, at once; undefined: nobody has this name. */
  async test(name: string, alert: Alert): Promise<SendOutcome | undefined> {
    const receiver = this.#parts.settings.receivers.find((one) => one.name === name);
    if (receiver === undefined) return undefined;
    return this.#send(receiver, alert, null);
  }

  dead(limit: number): readonly DeadNotice[] {
    return this.#state.dead(limit);
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
    });
  }

  /** A receiver that is new, or whose log began anew, hears of what comes from now on. */
  async #begin(name: string): Promise<NotifyProgress> {
    const { log } = this.#parts;
    const { incarnation } = await log.describe(TOPICS.alerts.name);
    const known = this.#state.of(name);
    if (known?.log === incarnation) return known;
    const at = await log.endOffsets(TOPICS.alerts.name);
    const state = { log: incarnation, at: [...at], sent: [] };
    this.#state.put(name, state);
    return state;
  }

  async #serve(receiver: NotifyReceiver): Promise<void> {
    const { signal } = this.#stopping;
    let state: NotifyProgress | undefined;
    while (!signal.aborted) {
      try {
        state ??= await this.#begin(receiver.name);
        state = await this.#round(receiver, state);
      } catch (error) {
        this.#failing.set(receiver.name, `the log can't be read: ${String(error)}`);
      }
      await this.#pause(LOOK_EVERY_MS);
    }
  }

  async #round(receiver: NotifyReceiver, state: NotifyProgress): Promise<NotifyProgress> {
    const { log } = this.#parts;
    const topic = TOPICS.alerts.name;
    const [starts, ends] = [await log.startOffsets(topic), await log.endOffsets(topic)];
    let now = state;
    for (const [partition, end] of ends.entries()) {
      let offset = Math.max(now.at[partition] ?? 0, starts[partition] ?? 0);
      if (offset >= end) continue;
      for (const record of await log.read(topic, partition, offset, BATCH)) {
        const isOurs =
          record.value !== null &&
          record.headers[HEADERS.type] === 'event' &&
          verifyMac(record, this.#parts.ring) === 'ok';
        const alert = isOurs ? (JSON.parse(DECODER.decode(record.value)) as Alert) : undefined;
        const sent = alert === undefined ? undefined : await this.#tell(receiver, alert, now.sent);
        if (this.#stopping.signal.aborted && sent === 'stopped') return now;
        offset = record.offset + 1;
        const at = now.at.with(partition, offset);
        now = { ...now, at, sent: sent === undefined ? now.sent : [...now.sent, sent] };
        if (sent !== undefined) this.#state.put(receiver.name, now);
      }
    }
    if (now !== state) this.#state.put(receiver.name, now);
    return now;
  }

  /** People are not told of hygiene findings and of what is suppressed; programs are. */
  #isNews(
    receiver: NotifyReceiver,
    alert: Alert,
    { sent, owner }: { readonly sent: readonly string[]; readonly owner: string | null },
  ): boolean {
    const { workOf, nowMs } = this.#parts;
    const isMeant = isFor(receiver.match, alert, owner, nowMs());
    if (isExport(receiver)) return isMeant;
    if (workOf(alert.alert_id)?.state === 'suppressed') return false;
    return alert.state === 'withdrawn'
      ? sent.some((one) => one.startsWith(alert.alert_id))
      : isMeant && alert.hygiene !== true;
  }

  #send(receiver: NotifyReceiver, alert: Alert, owner: string | null): Promise<SendOutcome> {
    const { publicUrl, workOf, nowMs } = this.#parts;
    const url = new URL(`/alerts/${alert.alert_id}`, publicUrl).href;
    if (!isExport(receiver)) return deliverNotice(receiver, { alert, url, owner }, nowMs());
    const state = alert.state === 'open' ? 'new' : 'withdrawn';
    const work = workOf(alert.alert_id) ?? { state, triage: UNTOUCHED };
    return this.#sinks.send(receiver, { alert, work, url });
  }

  /** The id under which it was told, `stopped`, or undefined: nothing was to be told. */
  async #tell(
    receiver: NotifyReceiver,
    alert: Alert,
    sent: readonly string[],
  ): Promise<string | undefined> {
    const { tenant, ownerOf, nowMs } = this.#parts;
    const id = isExport(receiver) ? exportId(alert) : noticeId(alert);
    const owner = ownerOf(alert.subject.agent_uid) ?? null;
    const isDue =
      alert.tenant_id === tenant &&
      !sent.includes(id) &&
      this.#isNews(receiver, alert, { sent, owner });
    if (!isDue) return undefined;
    const pauseMs = this.#parts.pauseMs ?? waitMs;
    for (let tries = 1; ; tries++) {
      const { outcome, why } = await this.#send(receiver, alert, owner);
      if (outcome === 'sent') {
        this.#failing.delete(receiver.name);
        return id;
      }
      this.#failing.set(receiver.name, why);
      if (outcome === 'refused' || tries >= TRIES_MAX) {
        const at = new Date(nowMs()).toISOString();
        const { alert_id, revision } = alert;
        this.#state.bury({ at, receiver: receiver.name, alert_id, revision, why });
        return id;
      }
      await this.#pause(pauseMs(tries));
      if (this.#stopping.signal.aborted) return 'stopped';
    }
  }
}
