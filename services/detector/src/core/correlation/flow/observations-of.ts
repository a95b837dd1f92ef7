/**
 * What the flow stage learns of a call: linking values it made and used, and its root keys. Sent once for each
 * value and effect.
 */
import {
  type AuditEvent,
  assuranceAtLeast,
  delegationKey,
  flowKey,
  matchesGrant,
  nameFingerprint,
  type ObservationWay,
  type PrivilegeStep,
  ROOT_KEY_KINDS,
  rootKeysOf,
  shortPrint,
  strongestKey,
  TOPICS,
  type ValueFlow,
} from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { PRINT_48 } from '../../domain/record-table.ts';
import { agentKeyOf } from '../../state/agent/agent-key.ts';
import type { LinkRules } from '../../state/tenant-control.ts';
import { isProvenCall } from '../assembly/model/chain-step.ts';
import { provenPrincipal } from '../assembly/proof/slow-lineage.ts';
import { beyondGrant } from '../assembly/proof/step-ties.ts';
import { CALL_OBSERVATIONS_MAX, SIGHTED_CHAINS_MAX, SIGHTED_MARKS_MAX } from './flow-limits.ts';

type Optional = Pick<ValueFlow, 'object' | 'key_rank' | 'chain_key_rank' | 'chain_key_proven'>;

interface Sighted {
  readonly fp: string;
  readonly kind: string;
  readonly by: ObservationWay;
  readonly more?: Optional | undefined;
}

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'configure', 'grant']);
const CREATES_CREDENTIAL = /^create:credential(@|$)/;
function chosen(
  values: readonly { readonly fp: string; readonly kind: string }[],
  rules: LinkRules,
): readonly { readonly fp: string; readonly kind: string }[] {
  const linking = values.filter(
    ({ fp, kind }) => rules.kinds.includes(kind) && !rules.commonValues.includes(fp),
  );
  return linking.slice(0, CALL_OBSERVATIONS_MAX);
}

function requestedValues({ task, delegation }: AuditEvent): readonly string[] {
  return delegation === undefined ? (task?.purpose?.values ?? []) : [];
}

function addValues(all: Sighted[], event: AuditEvent, step: PrivilegeStep, rules: LinkRules): void {
  const object = step.target?.resource_id;
  const tookPlace = step.exercise !== 'attempted';
  const isWriting = tookPlace && WRITES.has(step.effect);
  const requested = requestedValues(event);
  const at = object === undefined ? undefined : { object };
  const read = step.effect === 'read' ? at : undefined;
  if (tookPlace) {
    for (const { fp, kind } of chosen(step.result_values, rules)) {
      all.push({ fp, kind, by: 'result', more: read });
    }
  }
  const by = isWriting ? 'written' : 'argument';
  const more = isWriting ? at : undefined;
  for (const { fp, kind } of chosen(step.arg_values, rules)) {
    if (isWriting || !requested.includes(fp)) all.push({ fp, kind, by, more });
  }
}

function addCredentials(found: Sighted[], step: PrivilegeStep): void {
  const name = (uid: string) => nameFingerprint(step.tenant_id, 'credential', uid);
  if (step.credential_fp !== undefined) {
    found.push({ fp: step.credential_fp, kind: 'secret', by: 'credential' });
  }
  if (step.credential_uid !== undefined) {
    found.push({ fp: name(step.credential_uid), kind: 'credential', by: 'credential' });
  }
  const created = step.target?.resource_id;
  const creates = step.capabilities.some(({ symbol }) => CREATES_CREDENTIAL.test(symbol));
  if (creates && created !== undefined && step.exercise !== 'attempted') {
    found.push({ fp: name(created), kind: 'credential', by: 'created' });
  }
}

/** Not its task: an asserted one joins nothing. */
function addKeys(found: Sighted[], event: AuditEvent, step: PrivilegeStep): void {
  const keys = rootKeysOf(event, event.claims);
  const main = strongestKey(keys);
  const rank = (kind: (typeof ROOT_KEY_KINDS)[number]) => ROOT_KEY_KINDS.indexOf(kind) + 1;
  const of = (
    kind: (typeof ROOT_KEY_KINDS)[number],
    value: string,
    by: ObservationWay,
  ): Sighted => ({
    fp: nameFingerprint(event.tenant_id, kind, value),
    kind: 'root_key',
    by,
    more: {
      key_rank: rank(kind),
      ...(main === undefined
        ? {}
        : { chain_key_rank: rank(main.kind), chain_key_proven: main.proven }),
    },
  });
  for (const { kind, value } of keys) {
    if (kind !== 'task') found.push(of(kind, value, 'root_key'));
  }
  for (const { agent_uid: agent, ref } of event.delegation?.chain?.slice(1) ?? []) {
    if (ref !== undefined) found.push(of('delegation', delegationKey(agent, ref), 'under'));
  }
  const handsOver = step.delegate_uid !== undefined && step.exercise !== 'attempted';
  if (handsOver && step.native_id !== undefined) {
    found.push(of('delegation', delegationKey(step.agent_uid, step.native_id), 'hand_over'));
  }
}

/** Under the agent's and the credential's name. A person's is none: people work with others all day. */
function addGrantees(found: Sighted[], step: PrivilegeStep, { granteeUses = [] }: LinkRules): void {
  if (granteeUses.length === 0 || step.exercise === 'attempted') return;
  const name = (kind: string, uid: string) => nameFingerprint(step.tenant_id, kind, uid);
  const { grantee_uid: grantee, agent_uid: agent } = step;
  if (grantee !== undefined) {
    found.push({ fp: name('agent', grantee), kind: 'grantee', by: 'granted' });
    found.push({ fp: name('credential', grantee), kind: 'grantee', by: 'granted' });
  }
  const isUseOf = (symbol: string) => granteeUses.some((one) => matchesGrant(one, symbol));
  const isOne = step.capabilities.some(({ symbol }) => isUseOf(symbol));
  if (isOne && beyondGrant(step).some(isUseOf)) {
    found.push({ fp: name('agent', agent), kind: 'grantee', by: 'grantee' });
  }
}

/** (`slow-lineage.ts`) */
function addPrincipal(found: Sighted[], step: PrivilegeStep): void {
  const fp = provenPrincipal(step);
  if (fp !== undefined) found.push({ fp, kind: 'principal', by: 'principal' });
}

function takesPart(step: PrivilegeStep): boolean {
  if (step.exercise === 'requested' || step.exercise === 'settled') return false;
  if (step.capabilities.length > 0 || step.delegate_uid !== undefined) return true;
  return step.arg_values.length > 0 && step.result_values.length > 0;
}

/** A root key counts at the first, second, fourth, eighth … call, since what is around it matters. */
function unsent(
  transaction: Transaction,
  step: PrivilegeStep,
  all: readonly Sighted[],
): readonly Sighted[] {
  if (all.length === 0) return all;
  const agent = agentKeyOf(step.tenant_id, step.agent_uid, 'sighted');
  const key = `${agent}|${step.chain_id}`;
  const before = transaction.get<Readonly<Record<string, number>>>(key);
  if (before === undefined) rememberChain(transaction, agent, step.chain_id);
  const sent: Record<string, number> = { ...before };
  let size = Object.keys(sent).length;
  // An assertion must not keep back what is proven.
  const proven = isProvenCall(step) ? '' : '?';
  const symbols = step.capabilities.map(({ symbol }) => symbol).join();
  const deed = symbols === '' ? '' : shortPrint(symbols, PRINT_48);
  const fresh = all.filter(({ fp, by, kind }) => {
    const isName = kind === 'root_key' || by === 'grantee' || by === 'principal';
    const mark = `${by}${proven}|${isName ? '' : deed}|${fp.slice(0, PRINT_48)}`;
    const count = (sent[mark] ?? 0) + 1;
    if (kind !== 'root_key' && count > 1) return false;
    if (count === 1 && size >= SIGHTED_MARKS_MAX) return true;
    if (count === 1) size += 1;
    sent[mark] = count;
    return (count & (count - 1)) === 0;
  });
  transaction.put(key, sent);
  return fresh;
}

function rememberChain(transaction: Transaction, agent: string, chain: string): void {
  const chains = [...(transaction.get<readonly string[]>(agent) ?? []), chain];
  for (const gone of chains.slice(0, -SIGHTED_CHAINS_MAX)) transaction.delete(`${agent}|${gone}`);
  transaction.put(agent, chains.slice(-SIGHTED_CHAINS_MAX));
}

const PRODUCED: ReadonlySet<ObservationWay> = new Set([
  'result',
  'written',
  'created',
  'hand_over',
  'granted',
]);

export function observationsOf(
  transaction: Transaction,
  event: AuditEvent,
  step: PrivilegeStep,
  rules: LinkRules,
): readonly Output[] {
  if (!takesPart(step)) return [];
  const all: Sighted[] = [];
  addValues(all, event, step, rules);
  addCredentials(all, step);
  addKeys(all, event, step);
  addGrantees(all, step, rules);
  addPrincipal(all, step);
  // Read once: steps have many shapes.
  const { tenant_id, event_id, chain_id, agent_uid, event_time, capabilities } = step;
  const { agent_assurance: who, claims, policy_version } = step;
  const assurance = assuranceAtLeast(who, claims.outcome) ? claims.outcome : who;
  return unsent(transaction, step, all).map(({ fp, kind, by, more }): Output => {
    const value: { -readonly [K in keyof ValueFlow]: ValueFlow[K] } = {
      tenant_id,
      fp,
      kind,
      event_id,
      chain_id,
      agent_uid,
      direction: PRODUCED.has(by) ? 'produced' : 'used',
      event_time,
      capabilities,
      by,
      assurance,
      policy_version,
    };
    if (more !== undefined) Object.assign(value, more);
    return {
      topic: TOPICS.valueFlows.name,
      key: flowKey(tenant_id, fp),
      type: 'event',
      value,
      id: `${event_id}/${by}/${fp}`,
      subject: agent_uid,
      time: event_time,
    };
  });
}
