/**
 * An event as its line of JSON: what `JSON.stringify` writes, faster. Parts that many events share
 * for ever (`parts.ts`) are written once and kept; those of one run are not, as forgetting them
 * again costs more than writing them. Ids and times need no escapes; only clear arguments, results
 * and requests are free text.
 */
import type { SimulatedEvent } from './simulated-event.ts';

const kept = new WeakMap<object, string>();

/** The text of a part that is the same object in many events. */
function part(value: object): string {
  const known = kept.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  kept.set(value, text);
  return text;
}

const shared = (name: string, value: object | undefined): string =>
  value === undefined ? '' : `,"${name}":${part(value)}`;
const own = (name: string, value: unknown): string =>
  value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
/** Ids and times: made by us, without anything to escape. */
const plain = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `,"${name}":"${value}"`;

function principalText(principal: SimulatedEvent['principal']): string {
  if (principal === undefined) return '';
  return `,"principal":{"uid":"${principal.uid}","type":"${principal.type}"}`;
}

function credentialText(credential: SimulatedEvent['credential']): string {
  if (credential === undefined) return '';
  const { uid, type, issued_at, expires_at, parent_uid } = credential;
  const times = `${plain('issued_at', issued_at)}${plain('expires_at', expires_at)}`;
  return `,"credential":{"uid":"${uid}","type":"${type}"${times}${plain('parent_uid', parent_uid)}}`;
}

function taskText(task: SimulatedEvent['task']): string {
  if (task === undefined) return '';
  return `,"task":{"id":"${task.id}","workflow":"${task.workflow}"${own('request', task.request)}}`;
}

export function eventText(event: SimulatedEvent): string {
  const { source, model } = event;
  let text = `{"native_id":"${event.native_id}","event_time":"${event.event_time}"`;
  text += `,"source":{"kind":"${source.kind}","instance":"${source.instance}","seq":${source.seq ?? 0}}`;
  text += `,"activity":"${event.activity}","phase":"${event.phase}","effect":"${event.effect}"`;
  text += own('duration_ms', event.duration_ms);
  text += shared('agent', event.agent);
  text += principalText(event.principal);
  text += credentialText(event.credential);
  text += own('scopes', event.scopes);
  text += own('delegation', event.delegation);
  text += plain('conversation_id', event.conversation_id);
  text += own('conversation_turn', event.conversation_turn);
  text += taskText(event.task);
  text += plain('trace_id', event.trace_id);
  text += plain('span_id', event.span_id);
  text += plain('parent_span_id', event.parent_span_id);
  text += shared('tool', event.tool);
  text += own('target', event.target);
  text += shared('capabilities', event.capabilities);
  text += own('args', event.args);
  text += own('result', event.result);
  text += `,"outcome":"${event.outcome}"`;
  text += shared('error', event.error);
  text += own('approval', event.approval);
  if (model !== undefined) {
    text += `,"model":{"provider":"${model.provider}","name":"${model.name}"`;
    text += `,"tokens_in":${model.tokens_in},"tokens_out":${model.tokens_out}}`;
  }
  return `${text}${shared('src', event.src)}}`;
}
