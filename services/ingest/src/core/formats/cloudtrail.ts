/** `cloudtrail`, or `{technique, record}`. The actor is user, role or service. Labels are never read. */
import type { InputEvent } from '@waywarden/schemas';
import {
  type Fields,
  type FormatPosition,
  idText,
  isObject,
  type ParsedLine,
  wrongShape,
} from './read-line.ts';

/** The earliest is forgotten. */
export const ISSUED_KEYS_MAX = 10_000;
const CHAIN_LENGTH_MAX = 16;

type Delegation = NonNullable<InputEvent['delegation']>;
type Link = NonNullable<Delegation['chain']>[number];

interface Issued {
  readonly parentKey: string | undefined;
  readonly chain: readonly Link[];
}

const objectOf = (value: unknown): Fields => (isObject(value) ? value : {});

function actorOf(identity: Fields): string | undefined {
  const issuer = objectOf(objectOf(identity['sessionContext'])['sessionIssuer']);
  return (
    idText(issuer['arn']) ??
    idText(identity['arn']) ??
    idText(identity['invokedBy']) ??
    idText(identity['principalId'])
  );
}

function outcomeOf(record: Fields): NonNullable<InputEvent['outcome']> {
  const code = record['errorCode'];
  if (typeof code !== 'string') return 'success';
  return /denied|unauthorized|forbidden/i.test(code) ? 'denied' : 'tool_error';
}

function credentialOf(
  identity: Fields,
  issued: Issued | undefined,
): Pick<InputEvent, 'credential'> {
  const uid = idText(identity['accessKeyId']);
  if (uid === undefined) return {};
  const { creationDate } = objectOf(objectOf(identity['sessionContext'])['attributes']);
  return {
    credential: {
      uid,
      type: uid.startsWith('ASIA') ? 'session_key' : 'access_key',
      ...(typeof creationDate === 'string' && { issued_at: creationDate }),
      ...(issued?.parentKey !== undefined && { parent_uid: issued.parentKey }),
    },
  };
}

function delegationOf({ chain }: Issued): Delegation {
  const [root, parent] = [chain[0], chain.at(-1)];
  return {
    ...(root !== undefined && { root_agent_uid: root.agent_uid }),
    ...(parent !== undefined && { parent_agent_uid: parent.agent_uid }),
    depth: chain.length,
    chain: [...chain],
  };
}

function targetOf(record: Fields, system: string): NonNullable<InputEvent['target']> {
  const [first] = Array.isArray(record['resources']) ? record['resources'] : [];
  const { ARN: arn, type } = objectOf(first);
  const [id, kind] = [idText(arn), idText(type)];
  return {
    system,
    ...(kind !== undefined && kind.length <= 64 && { resource_type: kind }),
    ...(id !== undefined && { resource_id: id }),
  };
}

function delegating(record: Fields): Pick<InputEvent, 'activity' | 'target'> | undefined {
  if (typeof record['eventName'] !== 'string') return undefined;
  if (!record['eventName'].startsWith('AssumeRole')) return undefined;
  const role = idText(objectOf(record['requestParameters'])['roleArn']);
  if (role === undefined) return undefined;
  return { activity: 'delegation', target: { resource_type: 'agent', resource_id: role } };
}

/** Only the issued key. */
function resultOf(record: Fields): Pick<InputEvent, 'result'> {
  const answer = record['responseElements'];
  if (!isObject(answer)) return {};
  const { credentials, ...rest } = answer;
  const { accessKeyId } = objectOf(credentials);
  return { result: { value: accessKeyId === undefined ? rest : { ...rest, accessKeyId } } };
}

export function cloudtrailParser(): (line: unknown, position: FormatPosition) => ParsedLine {
  const issued = new Map<string, Issued>();

  const remember = (record: Fields, actor: string, before: Issued | undefined, ref: string) => {
    const { credentials } = objectOf(record['responseElements']);
    const key = idText(objectOf(credentials)['accessKeyId']);
    if (key === undefined || issued.has(key)) return;
    const [oldest] = issued.size >= ISSUED_KEYS_MAX ? issued.keys() : [];
    if (oldest !== undefined) issued.delete(oldest);
    const link: Link = { agent_uid: actor, via: 'assume_role', ref };
    const parentKey = idText(objectOf(record['userIdentity'])['accessKeyId']);
    issued.set(key, {
      parentKey,
      chain: [...(before?.chain ?? []), link].slice(-CHAIN_LENGTH_MAX),
    });
  };

  return (line, position) => {
    if (!isObject(line)) return wrongShape('', 'a line is a JSON object');
    const record = isObject(line['record']) ? line['record'] : line;
    const { eventName, eventTime } = record;
    const id = idText(record['eventID']);
    const source = idText(record['eventSource']);
    if (id === undefined) return wrongShape('eventID', 'eventID is a text of 1 to 512');
    if (idText(eventName) === undefined) return wrongShape('eventName', 'eventName is a text');
    if (source === undefined) return wrongShape('eventSource', 'eventSource is a text');
    if (typeof eventTime !== 'string') return wrongShape('eventTime', 'eventTime is a time');
    const identity = objectOf(record['userIdentity']);
    const actor = actorOf(identity) ?? source;
    const session = idText(identity['arn']);
    const before = issued.get(idText(identity['accessKeyId']) ?? '');
    remember(record, actor, before, id);
    const system = source.replace(/\.amazonaws\.com$/, '');
    const ip = idText(record['sourceIPAddress']);
    const input: InputEvent = {
      native_id: id,
      event_time: eventTime,
      event_time_quality: 'measured',
      activity: 'tool_call',
      phase: 'completed',
      agent: { uid: actor, ...(session !== undefined && { instance_uid: session }) },
      ...credentialOf(identity, before),
      ...(before !== undefined && { delegation: delegationOf(before) }),
      tool: { name: String(eventName), server: system },
      target: targetOf(record, system),
      args: { value: record['requestParameters'] ?? {} },
      ...resultOf(record),
      outcome: outcomeOf(record),
      ...(ip !== undefined && ip.length <= 64 && { src: { ip } }),
      ...delegating(record),
    };
    return { ok: true, calls: [{ input, traceId: id, step: position.index }] };
  };
}
