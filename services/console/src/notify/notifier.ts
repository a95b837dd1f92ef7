/**
 * Sends alerts to people and programs, each at its own pace. People get an alert once at each severity, and its
 * end: withdrawn, closed, opened again; programs get every revision. What fails is tried again with growing pauses, and
 * set aside after the last.
 */
import type { EventLog } from '@waywarden/event-log';
import { type Alert, HEADERS, type MacKeyRing, TOPICS, verifyMac } from '@waywarden/schemas';
import type { Work } from '../core/export/ocsf-finding.ts';
import { type News, type Notice, noticeId, workId } from '../core/notify/notify-message.ts';
import { isFor, TRIES_MAX, waitMs } from '../core/notify/notify-route.ts';
import { UNTOUCHED } from '../core/triage/alert-triage.ts';
import type { SendOutcome } from './deliver.ts';
import { deliverNotice } from './deliver.ts';
import { ExportSinks, exportId } from './export-sinks.ts';
import { isExport, type NotifyReceiver, type NotifySettings } from './notify-settings.ts';
import { type DeadNotice, type NotifyProgress, NotifyState } from './notify-state.ts';

const LOOK_EVERY_MS = 1_000;
const BATCH = 200;
const PLACED_TRIES_MAX = 5;
const RESENT_MAX = 100;
const DECODER = new TextDecoder();
/** Of what people did in the console: programs want it, and people only what is theirs to do again. */
const HEARS_OF_CLOSING: ReadonlySet<NotifyReceiver['kind']> = new Set(['webhook', 'pagerduty']);

export interface NotifierParts {
  readonly log: EventLog;
  readonly tenant: string;
  readonly ring: MacKeyRing;
  readonly settings: NotifySettings;
  readonly stateFile: string;
  readonly publicUrl: string;
  readonly ownerOf: (agent: string) => string | undefined;
  readonly workOf: (alertId: string) => Work | undefined;
  /** Whether all that may suppress it is known. */
  readonly isPlaced: (alertId: string) => boolean;
  /** As it stands; undefined: the log keeps it no longer. */
  readonly alertOf: (alertId: string) => Promise<Alert | undefined>;
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
    const id = isExport(receiver) ? exportId(alert) : noticeId(alert);
    return this.#send(receiver, { id, news: 'raised', alert }, null);
  }

  /** What was set aside for one receiver, once more; undefined: nobody has this name. */
  async resend(
    name: string,
  ): Promise<{ readonly sent: number; readonly failed: number } | undefined> {
    const receiver = this.#parts.settings.receivers.find((one) => one.name === name);
    if (receiver === undefined) return undefined;
    const all = this.#state.dead(RESENT_MAX, name);
    const sent = new Set<string>();
    for (const { id, news, alert_id } of all.toReversed()) {
      const alert = await this.#parts.alertOf(alert_id);
      if (alert === undefined) continue;
      const owner = this.#parts.ownerOf(alert.subject.agent_uid) ?? null;
      const { outcome, why } = await this.#send(receiver, { id, news, alert }, owner);
      if (outcome === 'sent') sent.add(id);
      else this.#failing.set(name, why);
    }
    this.#state.unbury(name, sent);
    return { sent: sent.size, failed: all.length - sent.size };
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
        state = await this.#followWork(receiver, state);
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
        const sent = alert === undefined ? undefined : await this.#emit(receiver, alert, now.sent);
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

  /** Of alerts that were sent: that people closed them, and that more evidence opened them again. */
  async #followWork(receiver: NotifyReceiver, state: NotifyProgress): Promise<NotifyProgress> {
    const last = new Map(state.sent.map((id) => [id.slice(0, id.indexOf('.')), id]));
    let now = state;
    for (const [alertId, latest] of last) {
      const work = this.#parts.workOf(alertId);
      const closed = work?.triage.closed;
      if (work === undefined || closed == null) continue;
      const closing = workId(alertId, 'closed', closed.revision);
      const news: News = work.state === 'closed' ? 'closed' : 'reopened';
      const id = workId(alertId, news, closed.revision);
      // The closing may have been missed too.
      const isEnded = latest === closing || !now.sent.includes(closing);
      const isDue = news === 'closed' ? latest !== closing : isEnded;
      if (!isDue || now.sent.includes(id)) continue;
      const isWanted =
        news === 'reopened' || isExport(receiver) || HEARS_OF_CLOSING.has(receiver.kind);
      const alert = isWanted ? await this.#parts.alertOf(alertId) : undefined;
      const end = alert === undefined ? id : await this.#deliver(receiver, { id, news, alert });
      if (end === 'stopped') return now;
      now = { ...now, sent: [...now.sent, id] };
      this.#state.put(receiver.name, now);
    }
    return now;
  }

  #send(
    receiver: NotifyReceiver,
    { id, news, alert }: Pick<Notice, 'id' | 'news' | 'alert'>,
    owner: string | null,
  ): Promise<SendOutcome> {
    const { publicUrl, workOf, nowMs } = this.#parts;
    const url = new URL(`/alerts/${alert.alert_id}`, publicUrl).href;
    if (!isExport(receiver)) {
      return deliverNotice(receiver, { id, news, alert, url, owner }, nowMs());
    }
    const state = alert.state === 'open' ? 'new' : 'withdrawn';
    const work = workOf(alert.alert_id) ?? { state, triage: UNTOUCHED };
    return this.#sinks.send(receiver, { id, alert, work, url });
  }

  /** The id under which it was told, `stopped`, or undefined: nothing was to be told. */
  async #emit(
    receiver: NotifyReceiver,
    alert: Alert,
    sent: readonly string[],
  ): Promise<string | undefined> {
    const { tenant, ownerOf } = this.#parts;
    const id = isExport(receiver) ? exportId(alert) : noticeId(alert);
    const owner = ownerOf(alert.subject.agent_uid) ?? null;
    if (alert.tenant_id !== tenant || sent.includes(id)) return undefined;
    if (!isExport(receiver)) await this.#placed(alert.alert_id);
    if (!this.#isNews(receiver, alert, { sent, owner })) return undefined;
    const news = alert.state === 'withdrawn' ? 'withdrawn' : 'raised';
    return this.#deliver(receiver, { id, news, alert });
  }

  /** Where it stays unknown, people are notified. */
  async #placed(alertId: string): Promise<void> {
    for (let tries = 0; tries < PLACED_TRIES_MAX; tries++) {
      if (this.#parts.isPlaced(alertId) || this.#stopping.signal.aborted) return;
      await this.#pause(LOOK_EVERY_MS);
    }
  }

  /** Its id, also where it was set aside, or `stopped`. */
  async #deliver(
    receiver: NotifyReceiver,
    notice: Pick<Notice, 'id' | 'news' | 'alert'>,
  ): Promise<string> {
    const { id, news, alert } = notice;
    const { nowMs, ownerOf, pauseMs = waitMs } = this.#parts;
    const owner = ownerOf(alert.subject.agent_uid) ?? null;
    for (let tries = 1; ; tries++) {
      const { outcome, why } = await this.#send(receiver, notice, owner);
      if (outcome === 'sent') {
        this.#failing.delete(receiver.name);
        return id;
      }
      this.#failing.set(receiver.name, why);
      if (outcome === 'refused' || tries >= TRIES_MAX) {
        const at = new Date(nowMs()).toISOString();
        const { alert_id, revision } = alert;
        this.#state.bury({ id, news, at, receiver: receiver.name, alert_id, revision, why });
        return id;
      }
      await this.#pause(pauseMs(tries));
      if (this.#stopping.signal.aborted) return 'stopped';
    }
  }
}
