/** Tells other chains what leads to their calls from here, again whenever that changed. */
import {
  chainKey,
  delegationKey,
  nameFingerprint,
  type PrivilegeLink,
  TOPICS,
} from '@waywarden/schemas';
import type { Output, Transaction } from '@waywarden/stage';
import { type AncestorSummary, ancestorSummary } from './ancestor-summary.ts';
import { TELLINGS_MAX } from './model/assembly-limits.ts';
import type { ChainMeta, Lead } from './model/chain-meta.ts';
import type { ChainStep } from './model/chain-step.ts';
import type { ChainStore } from './model/chain-store.ts';
import { linkName } from './model/foreign-calls.ts';
import { lossOf, unreportedOf } from './model/lost-evidence.ts';
import type { WorkCounter } from './proof/find-proof.ts';
import { policyAt } from './proof/policy-versions.ts';

export function linkOutput(link: PrivilegeLink, mark: string): Output {
  return {
    topic: TOPICS.privilegeLinks.name,
    key: chainKey(link.tenant_id, link.chain_id),
    type: 'event',
    value: link,
    id: `${linkName(link)}/${mark}`,
    time: link.event_time,
  };
}

interface LeadQuestion {
  readonly transaction: Transaction;
  readonly store: ChainStore;
  readonly meta: ChainMeta;
  readonly affected: ReadonlySet<number> | 'all';
  readonly work: WorkCounter;
  readonly only?: Lead;
}

type Summaries = Map<string, AncestorSummary>;

const isReturn = ({ method }: PrivilegeLink) => method?.to === 'hand_over';

/** Mutual hand-overs give two links between the same calls. */
function summaryKey({ from_event: from, to_event: to, method }: PrivilegeLink, isNamed: boolean) {
  return isNamed ? `${from}/${to}/${method?.to ?? ''}` : from;
}

function returningUnder(
  store: ChainStore,
  link: PrivilegeLink,
  { wire }: ChainStep,
): readonly ChainStep[] {
  const { delegation_ref: ref, parent_agent_uid: parent, agent_uid: agent } = wire;
  if (!isReturn(link) || ref === undefined || parent === undefined) return [];
  const name = nameFingerprint(wire.tenant_id, 'delegation', delegationKey(parent, ref));
  if (name !== link.fp) return [];
  return [...store.stepsOf(store.tables.byRef(ref).under)].filter(
    (one) => one.wire.parent_agent_uid === parent && one.wire.agent_uid === agent,
  );
}

function markOf(summary: AncestorSummary, telling: PrivilegeLink): string {
  const named = summary.calls.map(({ event_id, exercise, arg_values, result_values }) => [
    event_id,
    exercise,
    arg_values.length,
    result_values.length,
  ]);
  const rest = [telling.calls_truncated === true, telling.unreported];
  return nameFingerprint(
    telling.tenant_id,
    'summary',
    JSON.stringify([named, summary.edges, rest]),
  );
}

function announce(
  question: LeadQuestion,
  known: Summaries,
  lead: Lead,
): { lead: Lead; output: Output } | undefined {
  const { transaction, store, meta, affected, work } = question;
  const { link } = lead;
  const n = store.numberOf(link.from_event);
  const call = n === undefined ? undefined : store.step(n);
  if (call === undefined) return undefined;
  const returning = returningUnder(store, link, call);
  if (isReturn(link) && returning.length === 0) return undefined;
  const begins = isReturn(link) ? returning : [call];
  if (affected !== 'all' && !begins.some((one) => affected.has(one.n))) return undefined;
  const policy = policyAt(transaction, meta.tenant, call.wire.policy_version)?.policy;
  if (policy === undefined) return undefined;
  const isDelegating = link.method?.from === 'hand_over';
  const scope = { store, policy, call, work, returning };
  const isNamed = isDelegating || returning.length > 0;
  const key = summaryKey(link, isNamed);
  const asked = { ...scope, toEvent: link.to_event, isDelegating };
  const summary = known.get(key) ?? ancestorSummary(asked);
  known.set(key, summary);
  const truncated = summary.truncated || meta.evicted + meta.agentsRefused > 0;
  const unreported = unreportedOf([
    ...(meta.lost ?? []).filter(({ kind }) => kind !== 'links'),
    ...summary.unreported.map((step) => lossOf(step, 'calls')),
  ]);
  const telling: PrivilegeLink = {
    ...link,
    calls: [...summary.calls],
    edges: [...summary.edges],
    ...(truncated ? { calls_truncated: true } : {}),
    ...(unreported.length > 0 ? { unreported } : {}),
  };
  const mark = markOf(summary, telling);
  if (mark === lead.reportedMark || lead.times >= TELLINGS_MAX) return undefined;
  return {
    lead: { link, reportedMark: mark, times: lead.times + 1 },
    output: linkOutput(telling, mark),
  };
}

export function reportLeads(question: LeadQuestion): readonly Output[] {
  const { store, only } = question;
  const outputs: Output[] = [];
  const known: Summaries = new Map();
  const before = store.leads();
  const leads = before.map((lead) => {
    const reported =
      only === undefined || lead === only ? announce(question, known, lead) : undefined;
    if (reported === undefined) return lead;
    outputs.push(reported.output);
    return reported.lead;
  });
  if (outputs.length > 0) store.putLeads(leads);
  return outputs;
}
