/** What can be commanded because of an alert, and of whom: what was advised first, then the narrowest. */
import type { Alert, Decision, Target } from '@waywarden/schemas';
import { targetParameters } from '@waywarden/schemas/target';
import { actionWords } from './words.ts';

export type AlertSubject = Alert['subject'];

export interface Order {
  readonly action: string;
  readonly target: Target;
}

interface Choice extends Order {
  readonly words: string;
}

const AGENT_ACTIONS = ['require_step_up', 'block_issuance', 'disable_agent'];
const TASK_ACTIONS = ['revoke_token', 'require_step_up', 'kill_session'];
const CREDENTIAL_ACTIONS = ['revoke_token', 'revoke_credential', 'rotate_secret'];

const keyOf = ({ action, target }: Order) =>
  JSON.stringify([action, target.agent_uid, targetParameters(target)]);

const isSame = (a: Order, b: Order) => keyOf(a) === keyOf(b);

/** What was advised of this agent, then the narrowest first: it breaks the least. */
export function choicesOf(
  subject: AlertSubject,
  tenant: string,
  advised: readonly Order[],
): readonly Choice[] {
  const own = advised.filter(({ target }) => target.agent_uid === subject.agent_uid);
  const first = own.map((one) => ({
    ...one,
    words: `Advised: ${actionWords(one.action, one.target)}`,
  }));
  return [
    ...first,
    ...usualChoices(subject, tenant).filter((one) => !own.some((other) => isSame(one, other))),
  ];
}

function usualChoices(subject: AlertSubject, tenant: string): readonly Choice[] {
  const { agent_uid, task_id, credential_uid } = subject;
  const base = { tenant_id: tenant, agent_uid };
  const of = (actions: readonly string[], target: Target, what: string): readonly Choice[] =>
    actions.map((action) => ({
      ...{ action, target },
      words: `${actionWords(action, target)}${what}`,
    }));
  return [
    ...(task_id === undefined ? [] : of(TASK_ACTIONS, { level: 'task', ...base, task_id }, '')),
    ...(credential_uid === undefined
      ? []
      : of(CREDENTIAL_ACTIONS, { level: 'credential', ...base, credential_uid }, '')),
    ...of(AGENT_ACTIONS, { level: 'agent', ...base }, ' (the whole agent)'),
  ];
}

/** Actions that stop an assembly or undo what it left, then what the policy would have commanded. */
export function advisedOf({ assembly }: Alert, decisions: readonly Decision[]): readonly Order[] {
  const cut = (assembly?.cut ?? []).map(({ action, target }) => ({ action, target }));
  const withheld = decisions.flatMap(({ would_be_command: would, withheld_reason: why }) =>
    would === null || why === null ? [] : [{ action: would.action, target: would.target }],
  );
  return [...cut, ...withheld].filter(
    (one, at, all) => all.findIndex((other) => isSame(one, other)) === at,
  );
}

/** Whose access can be taken because of an alert: of its subject first, then of each whose call proves it. */
export function subjectsOf(
  { subject, evidence }: Alert,
  advised: readonly Order[],
): readonly AlertSubject[] {
  const callers = new Set([
    ...advised.map(({ target }) => target.agent_uid),
    ...evidence.flatMap((one) => (one.role === 'relay' ? [] : one.agent_uid)),
  ]);
  callers.delete(subject.agent_uid);
  return [subject, ...[...callers].map((agent_uid) => ({ agent_uid }))];
}
