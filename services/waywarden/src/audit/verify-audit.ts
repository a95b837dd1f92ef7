/**
 * `audit verify`: whether the log's decisions are the chain; against own hashes, the responder's state, a stored
 * head, and signatures.
 */
import type { EventLog } from '@waywarden/event-log';
import type { LmdbLog } from '@waywarden/event-log/lmdb';
import {
  audienceOf,
  type ChainHead,
  type RecordedDecision,
  sha256Hex,
  verifyDecisions,
} from '@waywarden/responder';
import {
  ACT_TOPIC,
  agentKey,
  decisionSchema,
  type JwsKeyRing,
  jwsPublicKey,
  operatorActSchema,
  TOPICS,
  verifyDetached,
} from '@waywarden/schemas';
import { decisionsInOrder, type PlacedDecision } from './decisions-in-order.ts';

const PROBLEMS_MAX = 100;
/** A crash writes one batch again. */
const REPEATS_BEHIND_MAX = 20_000;
const PROGRESS_EVERY = 1_000;

export interface AuditProblem {
  readonly code:
    | 'unreadable'
    | 'misfiled'
    | 'altered'
    | 'gap'
    | 'broken_link'
    | 'doubled'
    | 'cut'
    | 'unproven';
  readonly where: string;
  readonly decision_id: string | null;
  readonly what: string;
}

export interface AuditReport {
  readonly ok: boolean;
  readonly decisions: number;
  /** By a crash. */
  readonly repeats: number;
  /** Where retention removed earlier ones. */
  readonly after: ChainHead | null;
  /** `--head SEQ:HASH` finds a cut or rewritten chain. */
  readonly head: ChainHead | null;
  /** In chain order. */
  readonly problems: readonly AuditProblem[];
  readonly problems_unreported: number;
}

export interface AuditParts {
  readonly log: EventLog & Partial<Pick<LmdbLog, 'retained'>>;
  readonly stateHead: ChainHead | undefined;
  readonly retainedHead: ChainHead | undefined;
  readonly onProgress: (decisions: number) => void;
}

/** After it all must be there. */
async function removedBefore(log: AuditParts['log']): Promise<ChainHead | undefined> {
  const retained = (await log.retained?.(TOPICS.decisions.name)) ?? [];
  let last: ChainHead | undefined;
  for (const { lastRemoved } of retained) {
    if (lastRemoved?.value == null) continue;
    const { seq, hash } = decisionSchema.parse(
      JSON.parse(new TextDecoder().decode(lastRemoved.value)),
    );
    if (last === undefined || seq > last.seq) last = { seq, hash };
  }
  return last;
}

class ChainAudit {
  readonly problems: AuditProblem[] = [];
  unreported = 0;
  decisions = 0;
  repeats = 0;
  last: ChainHead | undefined;
  readonly #after: ChainHead | undefined;
  readonly #awaited: readonly (readonly [string, ChainHead])[];
  readonly #recent = new Map<number, string>();

  constructor(after: ChainHead | undefined, awaited: readonly (readonly [string, ChainHead])[]) {
    this.#after = after;
    this.#awaited = awaited;
    this.last = after;
  }

  add({ where, key, decision }: PlacedDecision): void {
    if (decision === undefined) {
      this.#report('unreadable', where, null, 'The record holds no decision.');
      return;
    }
    const { seq, hash, decision_id: id, tenant_id: tenant, agent_uid: agent } = decision;
    if (key !== agentKey(tenant, agent)) {
      this.#report('misfiled', where, id, `Decision ${seq} stands under another agent's key.`);
    }
    const before = seq <= (this.last?.seq ?? 0);
    // Its link is gone, its hash is not.
    const isBeforeStart = this.#after !== undefined && seq <= this.#after.seq;
    if (before && !isBeforeStart) {
      this.#again(where, decision);
      return;
    }
    const alone = { seq: seq - 1, hash: decision.prev_hash };
    const link = isBeforeStart ? alone : this.last;
    for (const { kind, text } of verifyDecisions(
      [decision],
      sha256Hex,
      link === undefined ? {} : { after: link },
    )) {
      if (kind !== 'wrong_head') this.#report(kind, where, id, text);
    }
    this.decisions++;
    if (isBeforeStart) return;
    this.last = { seq, hash };
    this.#remember(seq, hash);
    this.#compare(where, id);
  }

  unproven({ where, decision }: PlacedDecision, what: string): void {
    this.#report('unproven', where, decision?.decision_id ?? null, what);
  }

  end(): void {
    const at = this.last?.seq ?? 0;
    for (const [who, head] of this.#awaited) {
      if (head.seq <= at) continue;
      const what = `The chain ends at decision ${at}; ${who} has seen it at ${head.seq}.`;
      this.#report('cut', TOPICS.decisions.name, null, what);
    }
  }

  #again(where: string, decision: NonNullable<PlacedDecision['decision']>): void {
    const known = this.#recent.get(decision.seq);
    const isSame =
      known === decision.hash &&
      verifyDecisions([decision], sha256Hex, {
        after: { seq: decision.seq - 1, hash: decision.prev_hash },
      }).length === 0;
    if (isSame) {
      this.repeats++;
      return;
    }
    const what = `Decision ${decision.seq} stands there a second time, and not as a crash leaves it.`;
    this.#report('doubled', where, decision.decision_id, what);
  }

  #compare(where: string, id: string): void {
    for (const [who, head] of this.#awaited) {
      if (head.seq !== this.last?.seq || head.hash === this.last.hash) continue;
      const what = `Decision ${head.seq} is another one than ${who} has seen.`;
      this.#report('altered', where, id, what);
    }
  }

  #remember(seq: number, hash: string): void {
    this.#recent.set(seq, hash);
    this.#recent.delete(seq - REPEATS_BEHIND_MAX);
  }

  #report(code: AuditProblem['code'], where: string, id: string | null, what: string): void {
    if (this.problems.length >= PROBLEMS_MAX) this.unreported++;
    else this.problems.push({ code, where, decision_id: id, what });
  }
}

export async function verifyAudit(parts: AuditParts): Promise<AuditReport> {
  const { log, stateHead, retainedHead, onProgress } = parts;
  const after = await removedBefore(log);
  const audit = new ChainAudit(after, [
    ...(stateHead === undefined ? [] : [['the responder’s own state', stateHead] as const]),
    ...(retainedHead === undefined ? [] : [['whoever kept --head', retainedHead] as const]),
  ]);
  for await (const one of decisionsInOrder(log)) {
    audit.add(one);
    const what = one.decision && (await actProblem(one.decision));
    if (what !== undefined) audit.unproven(one, what);
    if (audit.decisions % PROGRESS_EVERY === 0) onProgress(audit.decisions);
  }
  audit.end();
  const { problems, decisions, repeats, unreported, last } = audit;
  return {
    ok: problems.length === 0,
    decisions,
    repeats,
    after: after ?? null,
    head: last ?? null,
    problems,
    problems_unreported: unreported,
  };
}

/** Whether a person's act is what they signed, by the key beside it; whose key it was, the registry says. */

const ENCODER = new TextEncoder();

function ringOf(key: Readonly<Record<string, unknown>>): JwsKeyRing | undefined {
  const { kid } = key;
  if (typeof kid !== 'string') return undefined;
  try {
    return new Map([[kid, jwsPublicKey(kid, key)]]);
  } catch {
    return undefined;
  }
}

function actIn(text: string) {
  try {
    return operatorActSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Undefined: no act, or a good one. */
async function actProblem(recorded: RecordedDecision): Promise<string | undefined> {
  const { seq, tenant_id: tenant, act } = decisionSchema.parse(recorded);
  const signed = act?.signed;
  if (act === undefined || signed === undefined) return undefined;
  const ring = ringOf(signed.key);
  if (ring === undefined) return `Decision ${seq} names a key that can't be used.`;
  const binding = { topic: ACT_TOPIC, audience: audienceOf(tenant) };
  const value = ENCODER.encode(signed.text);
  const verdict = await verifyDetached(value, signed.signature, ring, binding);
  if (!verdict.ok) return `Decision ${seq}: its act is not signed (${verdict.reason}).`;
  const signedAct = actIn(signed.text);
  const isSame =
    signedAct?.act_id === act.act_id &&
    signedAct.act === act.act &&
    signedAct.tenant_id === tenant &&
    signedAct.reason === act.reason &&
    signedAct.by === act.by.at(-1);
  return isSame ? undefined : `Decision ${seq} records another act than was signed.`;
}
