/**
 * Whether a received item is an event that may be derived: shape, depth, identifiers, times, and whether the token
 * may speak for this agent. No value of the item is quoted; of its names only a cut and cleaned one.
 */
import {
  type InputEvent,
  inputEventSchema,
  jsonSchemaOf,
  sayIssue,
  validateInputEvent,
} from '@waywarden/schemas';
import { isDeeperThan } from '../core/enrich/derive-args.ts';
import { normalTime } from '../core/enrich/event-times.ts';
import { badIdentifier } from '../core/enrich/identifiers.ts';
import type { ReadItem } from '../core/formats/format-reader.ts';
import { NESTING_DEPTH_MAX } from '../core/formats/read-json.ts';
import type { LineProblem } from '../core/formats/read-line.ts';

const CONTRACT = jsonSchemaOf('input-event');
const DETAIL_LENGTH_MAX = 300;
const FIELD_CHARS_MAX = 80;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;
/** Labels of one event: the schema bounds their length, not their number. */
export const LABELS_MAX = 64;

export type RefusalCode =
  | LineProblem['code']
  | 'bad_identifier'
  | 'agent_not_allowed'
  | 'no_such_time'
  | 'id_conflict'
  | 'not_derivable';

export interface ItemRefusal {
  readonly field: string;
  readonly code: RefusalCode;
  readonly reason: string;
}

type Checked =
  | { readonly ok: true; readonly input: InputEvent }
  | { readonly ok: false; readonly refusal: ItemRefusal };

function printed(text: string, max: number): string {
  const escaped = text
    .slice(0, max + 1)
    .replace(UNPRINTABLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
  return escaped.length > max ? `${escaped.slice(0, max - 1)}…` : escaped;
}

function refuse(code: RefusalCode, field: string, reason: string): Checked {
  const stated = {
    field: printed(field, FIELD_CHARS_MAX),
    reason: printed(reason, DETAIL_LENGTH_MAX),
  };
  return { ok: false, refusal: { code, ...stated } };
}

function isImpossible(time: string | undefined): boolean {
  return time !== undefined && normalTime(time) === undefined;
}

function impossibleTime(input: InputEvent): string | undefined {
  if (isImpossible(input.task?.deadline)) return 'task.deadline';
  if (isImpossible(input.credential?.issued_at)) return 'credential.issued_at';
  if (isImpossible(input.credential?.expires_at)) return 'credential.expires_at';
  return isImpossible(input.event_time) ? 'event_time' : undefined;
}

/** Zod drops unknown members of these, where the compiled validator only looks. */
function hasClosedParts({ task, delegation, capabilities, args, result }: InputEvent): boolean {
  return (
    task?.purpose !== undefined ||
    delegation?.chain !== undefined ||
    capabilities !== undefined ||
    args?.values !== undefined ||
    args?.items !== undefined ||
    result?.values !== undefined ||
    result?.passages !== undefined
  );
}

/** Exact, or a prefix that ends in `*`. */
function mayReport(uid: string, agents: readonly string[]): boolean {
  return agents.some((one) => (one.endsWith('*') ? uid.startsWith(one.slice(0, -1)) : uid === one));
}

function ofShape(item: ReadItem): Checked {
  if (validateInputEvent(item.input) && !hasClosedParts(item.input)) {
    return { ok: true, input: item.input };
  }
  const parsed = inputEventSchema.safeParse(item.input);
  if (parsed.success) return { ok: true, input: parsed.data };
  const issue = parsed.error.issues[0];
  if (issue === undefined) return refuse('wrong_shape', '', 'not an event');
  return refuse('wrong_shape', issue.path.join('.'), sayIssue(issue, item.input, CONTRACT));
}

export function checkItem(item: ReadItem, agents?: readonly string[]): Checked {
  if (item.problem !== undefined) {
    return refuse(item.problem.code, item.problem.field, item.problem.detail);
  }
  if (isDeeperThan(item.input, NESTING_DEPTH_MAX)) {
    return refuse('too_deep', '', `nested deeper than ${NESTING_DEPTH_MAX}`);
  }
  const shaped = ofShape(item);
  if (!shaped.ok) return shaped;
  const { input } = shaped;
  if (input.labels !== undefined && Object.keys(input.labels).length > LABELS_MAX) {
    return refuse('too_many_values', 'labels', `more than ${LABELS_MAX} labels`);
  }
  const bad = badIdentifier(input);
  if (bad !== undefined) return refuse('bad_identifier', bad.field, bad.reason);
  if (agents !== undefined && !mayReport(input.agent.uid, agents)) {
    return refuse('agent_not_allowed', 'agent.uid', 'the token may not speak for this agent');
  }
  const impossible = impossibleTime(input);
  if (impossible !== undefined) return refuse('no_such_time', impossible, 'there is no such time');
  return shaped;
}
