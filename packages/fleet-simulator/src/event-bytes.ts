/**
 * Events as lines of JSON, in bytes: what `JSON.stringify` writes, straight into one block of
 * memory. Parts that many events share for ever (`parts.ts`) are made once and copied. Rejected:
 * texts put together piece by piece, whose pieces were a third of all time: made, swept, and laid
 * end to end again before they could be written.
 */
import { JsonBytes } from './json-bytes.ts';
import type { SimulatedEvent } from './simulated-event.ts';

/** An event's line that waits for its number: where it stands, and where its number goes. */
export interface WrittenEvent {
  readonly page: Uint8Array;
  readonly from: number;
  readonly hole: number;
  readonly to: number;
  seq: number;
}

/** A page is full when less is left: few lines are longer, and those get a wider page. */
const LEFT = 1 << 14;

export class EventBytes extends JsonBytes {
  /** One event with its number, and the end of its line. */
  line(event: SimulatedEvent): void {
    this.#head(event);
    this.digits(event.source.seq ?? 0);
    this.#tail(event);
  }

  /** One event whose number is not known yet. */
  keep(event: SimulatedEvent): WrittenEvent {
    // What waits stands on its page until it is told: a full page is left to it.
    if (this.at > this.bytes.length - LEFT) this.take();
    const from = this.at;
    this.#head(event);
    const hole = this.at;
    this.#tail(event);
    return { page: this.bytes, from, hole, to: this.at, seq: 0 };
  }

  /** What was kept, with its number. */
  copy({ page, from, hole, to, seq }: WrittenEvent): void {
    this.room(to - from + 16);
    this.bytes.set(page.subarray(from, hole), this.at);
    this.at += hole - from;
    this.digits(seq);
    this.bytes.set(page.subarray(hole, to), this.at);
    this.at += to - hole;
  }

  #head(event: SimulatedEvent): void {
    const { source } = event;
    this.plain('{"native_id":"', event.native_id);
    this.plain('","event_time":"', event.event_time);
    this.plain('","source":{"kind":"', source.kind);
    this.plain('","instance":"', source.instance);
    this.raw('","seq":');
  }

  #tail(event: SimulatedEvent): void {
    this.plain('},"activity":"', event.activity);
    this.plain('","phase":"', event.phase);
    this.plain('","effect":"', event.effect);
    this.raw('"');
    if (event.duration_ms !== undefined) this.number(',"duration_ms":', event.duration_ms);
    this.shared(',"agent":', event.agent);
    this.#actor(event);
    this.#course(event);
    this.#call(event);
    const { model, src } = event;
    if (model !== undefined) {
      this.plain(',"model":{"provider":"', model.provider);
      this.plain('","name":"', model.name);
      this.number('","tokens_in":', model.tokens_in);
      this.number(',"tokens_out":', model.tokens_out);
      this.raw('}');
    }
    if (src !== undefined) this.shared(',"src":', src);
    this.raw('}\n');
  }

  /** For whom and with what: principal, credential, scopes, delegation. */
  #actor({ principal, credential, scopes, delegation }: SimulatedEvent): void {
    if (principal !== undefined) {
      this.plain(',"principal":{"uid":"', principal.uid);
      this.plain('","type":"', principal.type);
      this.raw('"}');
    }
    if (credential !== undefined) {
      this.plain(',"credential":{"uid":"', credential.uid);
      this.plain('","type":"', credential.type);
      this.optional('","issued_at":"', credential.issued_at);
      this.optional('","expires_at":"', credential.expires_at);
      this.optional('","parent_uid":"', credential.parent_uid);
      this.raw('"}');
    }
    if (scopes !== undefined) this.json(',"scopes":', scopes);
    if (delegation !== undefined) this.json(',"delegation":', delegation);
  }

  /** In which conversation, task and trace. */
  #course(event: SimulatedEvent): void {
    const { task, tool, target, capabilities } = event;
    if (event.conversation_id !== undefined) {
      this.plain(',"conversation_id":"', event.conversation_id);
      this.raw('"');
    }
    if (event.conversation_turn !== undefined)
      this.number(',"conversation_turn":', event.conversation_turn);
    if (task !== undefined) {
      this.plain(',"task":{"id":"', task.id);
      this.plain('","workflow":"', task.workflow);
      this.raw('"');
      if (task.request !== undefined) this.quoted(',"request":', task.request);
      this.raw('}');
    }
    this.closed(',"trace_id":"', event.trace_id);
    this.closed(',"span_id":"', event.span_id);
    this.closed(',"parent_span_id":"', event.parent_span_id);
    if (tool !== undefined) this.shared(',"tool":', tool);
    if (target !== undefined) this.#target(target);
    if (capabilities !== undefined) this.shared(',"capabilities":', capabilities);
  }

  #target(target: NonNullable<SimulatedEvent['target']>): void {
    this.raw(',"target":{');
    if (target.system !== undefined) {
      this.plain('"system":"', target.system);
      this.raw('",');
    }
    this.plain('"resource_type":"', target.resource_type);
    this.quoted('","resource_id":', target.resource_id);
    if (target.owner_uid !== undefined) this.quoted(',"owner_uid":', target.owner_uid);
    this.closed(',"sensitivity":"', target.sensitivity);
    this.closed(',"environment":"', target.environment);
    this.raw('}');
  }

  /** What was given, what came back, how it ended, who let it through. */
  #call({ args, result, outcome, error, approval }: SimulatedEvent): void {
    if (args !== undefined) {
      this.fields(',"args":{"value":{', args.value);
      if (args.features !== undefined) this.fields(',"features":{', args.features);
      this.raw('}');
    }
    if (result !== undefined) {
      this.fields(',"result":{"value":{', result.value);
      this.plain(',"trust":"', result.trust);
      this.raw('"}');
    }
    this.plain(',"outcome":"', outcome);
    this.raw('"');
    if (error !== undefined) this.shared(',"error":', error);
    if (approval === undefined) return;
    this.plain(',"approval":{"mode":"', approval.mode);
    this.optional('","by":"', approval.by);
    this.raw('"');
    if (approval.latency_ms !== undefined) this.number(',"latency_ms":', approval.latency_ms);
    this.raw('}');
  }
}
