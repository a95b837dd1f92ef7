/** What an order takes: a level and every id of it; also as parameters of a query or flags. */
import type { Target } from '../alerts/alert.ts';

export const TARGET_LEVELS = {
  call: { ids: ['call_uid'], actions: ['hold', 'hold_payment'] },
  task: { ids: ['task_id'], actions: ['revoke_token', 'kill_session', 'require_step_up'] },
  conversation: { ids: ['conversation_id'], actions: ['kill_session'] },
  instance: { ids: ['instance_uid'], actions: ['kill_session', 'require_step_up'] },
  credential: {
    ids: ['credential_uid'],
    actions: ['revoke_token', 'revoke_credential', 'rotate_secret'],
  },
  delegation: { ids: ['parent_agent_uid', 'delegation_ref'], actions: ['revoke_delegation'] },
  tool: { ids: ['tool'], actions: ['block_tool', 'reduce_scope'] },
  grant: { ids: ['grant_id'], actions: ['revoke_grant'] },
  origin: { ids: [], oneOf: ['fp', 'resource_id', 'sender'], actions: ['quarantine_origin'] },
  agent: {
    ids: [],
    actions: ['signal_risk', 'require_step_up', 'block_issuance', 'disable_agent', 'open_case'],
  },
} as const satisfies Record<
  string,
  { ids: readonly (keyof Target)[]; oneOf?: readonly (keyof Target)[]; actions: readonly string[] }
>;

/** They take nothing. */
const OF_ANY_LEVEL: ReadonlySet<string> = new Set(['restore', 'probe']);

export type TargetLevel = keyof typeof TARGET_LEVELS;
export const TARGET_LEVEL_NAMES = Object.keys(TARGET_LEVELS) as readonly TargetLevel[];

const ALL_IDS = [
  'call_uid',
  'payment_id',
  'task_id',
  'conversation_id',
  'instance_uid',
  'credential_uid',
  'parent_agent_uid',
  'delegation_ref',
  'tool',
  'grant_id',
  'fp',
  'resource_id',
  'sender',
] as const satisfies readonly (keyof Target)[];

/** Empty: complete. */
export function targetProblems(action: string, subject: Target): readonly string[] {
  if (!Object.hasOwn(TARGET_LEVELS, subject.level)) return [`level ${subject.level} is unknown`];
  const level: { ids: readonly string[]; oneOf?: readonly string[]; actions: readonly string[] } =
    TARGET_LEVELS[subject.level as TargetLevel];
  const problems: string[] = [];
  if (!OF_ANY_LEVEL.has(action) && !level.actions.includes(action)) {
    problems.push(`${action} is no action of level ${subject.level}`);
  }
  const needed = action === 'hold_payment' ? [...level.ids, 'payment_id'] : level.ids;
  for (const key of needed) {
    if (subject[key as keyof Target] === undefined) problems.push(`${key} is missing`);
  }
  const given = ALL_IDS.filter((key) => subject[key] !== undefined);
  if (level.oneOf && given.filter((key) => level.oneOf?.includes(key)).length !== 1) {
    problems.push(`exactly one of ${level.oneOf.join(', ')} is needed`);
  }
  for (const key of given) {
    if (!needed.includes(key) && !level.oneOf?.includes(key)) {
      problems.push(`${key} is no id of level ${subject.level}`);
    }
  }
  return problems;
}

const ID_OF = {
  call: 'call_uid',
  payment: 'payment_id',
  task: 'task_id',
  conversation: 'conversation_id',
  instance: 'instance_uid',
  credential: 'credential_uid',
  parent: 'parent_agent_uid',
  delegation: 'delegation_ref',
  tool: 'tool',
  grant: 'grant_id',
  fp: 'fp',
  resource: 'resource_id',
  sender: 'sender',
} as const satisfies Record<string, (typeof ALL_IDS)[number]>;

export type TargetParameter = keyof typeof ID_OF;
export const TARGET_PARAMETERS = Object.keys(ID_OF) as readonly TargetParameter[];
export type TargetParameters = Readonly<Partial<Record<TargetParameter, string | undefined>>>;

export function targetParameters(target: Target): Readonly<Record<string, string>> {
  return Object.fromEntries(
    TARGET_PARAMETERS.flatMap((name) => {
      const id = target[ID_OF[name]];
      return id === undefined ? [] : [[name, id] as const];
    }),
  );
}

const PAYMENT: readonly string[] = ['payment_id'];

/** Undefined: the ids are not those of one level. */
export function targetOfParameters(
  whose: Pick<Target, 'tenant_id' | 'agent_uid'>,
  parameters: TargetParameters,
): Target | undefined {
  const ids = Object.fromEntries(
    TARGET_PARAMETERS.flatMap((name) => {
      const id = parameters[name];
      return id === undefined ? [] : [[ID_OF[name], id] as const];
    }),
  );
  const given = Object.keys(ids);
  const level = TARGET_LEVEL_NAMES.find((name) => {
    const { ids: needed, ...rest }: { ids: readonly string[]; oneOf?: readonly string[] } =
      TARGET_LEVELS[name];
    const { oneOf = [] } = rest;
    const own = [...needed, ...oneOf, ...(name === 'call' ? PAYMENT : [])];
    const ofOne = oneOf.length === 0 ? 0 : 1;
    return (
      needed.every((id) => given.includes(id)) &&
      given.every((id) => own.includes(id)) &&
      given.filter((id) => oneOf.includes(id)).length === ofOne
    );
  });
  return level === undefined ? undefined : { level, ...whose, ...ids };
}

/** Why nobody may say that a contained subject is stopped. */
export type WhyUntied =
  | 'no_task'
  | 'other_task'
  | 'no_instance'
  | 'no_conversation'
  | 'no_credential'
  | 'no_tool'
  | 'unknown_outcome'
  | 'under_way'
  | 'late_record'
  | 'claimed_approved';
