/**
 * Events as lines of JSON, in bytes: what `JSON.stringify` writes, straight into one block of
 * memory. Parts that many events share for ever (`parts.ts`) are made once and copied. Rejected:
 * texts put together piece by piece, whose pieces were a third of all time: made, swept, and laid
 * end to end again before they could be written.
 */
import type { Fields, SimulatedEvent } from './simulated-event.ts';

const encoder = new TextEncoder();
const kept = new WeakMap<object, Uint8Array>();

/** The bytes of a part that is the same object in many events. */
function part(value: object): Uint8Array {
  const known = kept.get(value);
  if (known !== undefined) return known;
  const bytes = encoder.encode(JSON.stringify(value));
  kept.set(value, bytes);
  return bytes;
}

/** A page is full when less is left: few lines are longer, and those get a wider page. */
const LEFT = 1 << 14;
/** Shorter texts are copied here, longer ones by the platform: a call there costs as much. */
const SHORT = 12;
/** Anything but plain ASCII without quotes and backslashes. */
const ODD = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

declare global {
  interface Buffer {
    /** There in every Node, and left out of its types: half the time of `write`. */
    latin1Write(text: string, at: number, length: number): number;
  }
}

/** An event's line that waits for its number: where it stands, and where its number goes. */
export interface WrittenEvent {
  readonly page: Uint8Array;
  readonly from: number;
  readonly hole: number;
  readonly to: number;
  seq: number;
}

export class EventBytes {
  #bytes: Buffer;
  #at = 0;

  /** @param room bytes to begin with; it grows by itself. */
  constructor(room = 1 << 12) {
    this.#bytes = Buffer.allocUnsafe(room);
  }

  get length(): number {
    return this.#at;
  }

  /** What has been written since it was asked the last time. The bytes are the asker's. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#at);
    this.#bytes = Buffer.allocUnsafe(this.#bytes.length);
    this.#at = 0;
    return taken;
  }

  /** One event with its number, and the end of its line. */
  line(event: SimulatedEvent): void {
    this.#head(event);
    this.#digits(event.source.seq ?? 0);
    this.#tail(event);
  }

  /** One event whose number is not known yet. */
  keep(event: SimulatedEvent): WrittenEvent {
    // What waits stands on its page until it is told: a full page is left to it.
    if (this.#at > this.#bytes.length - LEFT) this.take();
    const from = this.#at;
    this.#head(event);
    const hole = this.#at;
    this.#tail(event);
    return { page: this.#bytes, from, hole, to: this.#at, seq: 0 };
  }

  /** What was kept, with its number. */
  copy({ page, from, hole, to, seq }: WrittenEvent): void {
    this.#room(to - from + 16);
    this.#bytes.set(page.subarray(from, hole), this.#at);
    this.#at += hole - from;
    this.#digits(seq);
    this.#bytes.set(page.subarray(hole, to), this.#at);
    this.#at += to - hole;
  }

  #head(event: SimulatedEvent): void {
    const { source } = event;
    this.#plain('{"native_id":"', event.native_id);
    this.#plain('","event_time":"', event.event_time);
    this.#plain('","source":{"kind":"', source.kind);
    this.#plain('","instance":"', source.instance);
    this.#raw('","seq":');
  }

  #tail(event: SimulatedEvent): void {
    this.#plain('},"activity":"', event.activity);
    this.#plain('","phase":"', event.phase);
    this.#plain('","effect":"', event.effect);
    this.#raw('"');
    if (event.duration_ms !== undefined) this.#number(',"duration_ms":', event.duration_ms);
    this.#shared(',"agent":', event.agent);
    this.#actor(event);
    this.#course(event);
    this.#call(event);
    const { model, src } = event;
    if (model !== undefined) {
      this.#plain(',"model":{"provider":"', model.provider);
      this.#plain('","name":"', model.name);
      this.#number('","tokens_in":', model.tokens_in);
      this.#number(',"tokens_out":', model.tokens_out);
      this.#raw('}');
    }
    if (src !== undefined) this.#shared(',"src":', src);
    this.#raw('}\n');
  }

  /** For whom and with what: principal, credential, scopes, delegation. */
  #actor({ principal, credential, scopes, delegation }: SimulatedEvent): void {
    if (principal !== undefined) {
      this.#plain(',"principal":{"uid":"', principal.uid);
      this.#plain('","type":"', principal.type);
      this.#raw('"}');
    }
    if (credential !== undefined) {
      this.#plain(',"credential":{"uid":"', credential.uid);
      this.#plain('","type":"', credential.type);
      this.#optional('","issued_at":"', credential.issued_at);
      this.#optional('","expires_at":"', credential.expires_at);
      this.#optional('","parent_uid":"', credential.parent_uid);
      this.#raw('"}');
    }
    if (scopes !== undefined) this.#json(',"scopes":', scopes);
    if (delegation !== undefined) this.#json(',"delegation":', delegation);
  }

  /** In which conversation, task and trace. */
  #course(event: SimulatedEvent): void {
    const { task, tool, target, capabilities } = event;
    if (event.conversation_id !== undefined) {
      this.#plain(',"conversation_id":"', event.conversation_id);
      this.#raw('"');
    }
    if (event.conversation_turn !== undefined)
      this.#number(',"conversation_turn":', event.conversation_turn);
    if (task !== undefined) {
      this.#plain(',"task":{"id":"', task.id);
      this.#plain('","workflow":"', task.workflow);
      this.#raw('"');
      if (task.request !== undefined) this.#quoted(',"request":', task.request);
      this.#raw('}');
    }
    this.#closed(',"trace_id":"', event.trace_id);
    this.#closed(',"span_id":"', event.span_id);
    this.#closed(',"parent_span_id":"', event.parent_span_id);
    if (tool !== undefined) this.#shared(',"tool":', tool);
    if (target !== undefined) this.#target(target);
    if (capabilities !== undefined) this.#shared(',"capabilities":', capabilities);
  }

  #target(target: NonNullable<SimulatedEvent['target']>): void {
    this.#raw(',"target":{');
    if (target.system !== undefined) {
      this.#plain('"system":"', target.system);
      this.#raw('",');
    }
    this.#plain('"resource_type":"', target.resource_type);
    this.#quoted('","resource_id":', target.resource_id);
    if (target.owner_uid !== undefined) this.#quoted(',"owner_uid":', target.owner_uid);
    this.#closed(',"sensitivity":"', target.sensitivity);
    this.#closed(',"environment":"', target.environment);
    this.#raw('}');
  }

  /** What was given, what came back, how it ended, who let it through. */
  #call({ args, result, outcome, error, approval }: SimulatedEvent): void {
    if (args !== undefined) {
      this.#fields(',"args":{"value":{', args.value);
      if (args.features !== undefined) this.#fields(',"features":{', args.features);
      this.#raw('}');
    }
    if (result !== undefined) {
      this.#fields(',"result":{"value":{', result.value);
      this.#plain(',"trust":"', result.trust);
      this.#raw('"}');
    }
    this.#plain(',"outcome":"', outcome);
    this.#raw('"');
    if (error !== undefined) this.#shared(',"error":', error);
    if (approval === undefined) return;
    this.#plain(',"approval":{"mode":"', approval.mode);
    this.#optional('","by":"', approval.by);
    this.#raw('"');
    if (approval.latency_ms !== undefined) this.#number(',"latency_ms":', approval.latency_ms);
    this.#raw('}');
  }

  #fields(before: string, fields: Fields): void {
    this.#raw(before);
    let next = '"';
    for (const key in fields) {
      const value = fields[key];
      this.#plain(next, key);
      if (typeof value === 'string') this.#quoted('":', value);
      else if (typeof value === 'number') this.#number('":', value);
      else this.#raw(value === true ? '":true' : '":false');
      next = ',"';
    }
    this.#raw('}');
  }

  #shared(before: string, value: object): void {
    this.#raw(before);
    const bytes = part(value);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #json(before: string, value: object): void {
    this.#raw(before);
    this.#text(JSON.stringify(value));
  }

  /** A text inside quotes that stand around it already: made by us, without anything to escape. */
  #plain(before: string, value: string): void {
    this.#raw(before);
    this.#raw(value);
  }

  #optional(before: string, value: string | undefined): void {
    if (value !== undefined) this.#plain(before, value);
  }

  #closed(before: string, value: string | undefined): void {
    if (value === undefined) return;
    this.#plain(before, value);
    this.#raw('"');
  }

  #number(before: string, value: number): void {
    this.#raw(before);
    this.#digits(value);
  }

  /** Whole numbers digit by digit: most are small, and need no text of their own. */
  #digits(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value > 999_999_999) {
      this.#raw(`${value}`);
      return;
    }
    let digits = 1;
    for (let most = 10; value >= most; most *= 10) digits++;
    this.#room(digits);
    let rest = value;
    for (let at = this.#at + digits - 1; at >= this.#at; at--) {
      const tenth = (rest / 10) | 0;
      this.#bytes[at] = 48 + rest - tenth * 10;
      rest = tenth;
    }
    this.#at += digits;
  }

  /** Free text, escaped where it must be. */
  #quoted(before: string, value: string): void {
    this.#raw(before);
    if (ODD.test(value)) {
      this.#text(JSON.stringify(value));
      return;
    }
    this.#raw('"');
    this.#raw(value);
    this.#raw('"');
  }

  #text(value: string): void {
    this.#room(value.length * 3);
    this.#at += this.#bytes.write(value, this.#at, 'utf8');
  }

  /** ASCII as it is. */
  #raw(value: string): void {
    const { length } = value;
    this.#room(length);
    if (length > SHORT) {
      this.#bytes.latin1Write(value, this.#at, length);
      this.#at += length;
      return;
    }
    for (let n = 0; n < length; n++) this.#bytes[this.#at++] = value.charCodeAt(n);
  }

  #room(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const wider = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + length));
    wider.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = wider;
  }
}

/** One event's line, without its end. */
export function eventText(event: SimulatedEvent): string {
  const bytes = new EventBytes();
  bytes.line(event);
  return new TextDecoder().decode(bytes.take()).slice(0, -1);
}
