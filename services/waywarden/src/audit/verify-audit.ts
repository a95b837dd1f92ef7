/**
 * `audit verify`: whether the decisions in the log are the chain that the responder wrote, and which
 * record is the first that is not. Each is held against its own hash, its number and the hash of the
 * one before; the end against the responder's own state, and against a head that somebody kept; and what
 * people ordered against their own signatures.
 *
 * Rejected: asking the store (it is optional and behind, and `verify` holds it against the log).
 */
import type { EventLog } from '@waywarden/event-log';
import type { LmdbLog } from '@waywarden/event-log/lmdb';
import { type ChainHead, sha256Hex, verifyDecisions } from '@waywarden/responder';
import { agentKey, decisionSchema, TOPICS } from '@waywarden/schemas';
import { actProblem } from './check-act.ts';
import { decisionsInOrder, type PlacedDecision } from './decisions-in-order.ts';

/** Told one by one; of more, how many. */
const PROBLEMS_MAX = 100;
/** A crash writes the decisions of one batch again: far fewer than this lie between the two. */
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
  /** Written twice by a crash, in the same words. */
  readonly repeats: number;
  /** The decision after which it was verified, where retention has removed those before. */
  readonly after: ChainHead | null;
  /** What to keep elsewhere: `--head SEQ:HASH` finds a chain that was cut off or written anew. */
  readonly head: ChainHead | null;
  /** In the order of the chain: the first is the first broken record. */
  readonly problems: readonly AuditProblem[];
  readonly problems_unreported: number;
}

export interface AuditParts {
  readonly log: EventLog & Partial<Pick<LmdbLog, 'retained'>>;
  /** What the responder's state says of the chain's end; undefined: there is no state. */
  readonly stateHead: ChainHead | undefined;
  /** What a person has kept. */
  readonly retainedHead: ChainHead | undefined;
  readonly onProgress: (decisions: number) => void;
}

/** The highest decision that retention let go: after it every decision must be there. */
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
      this.#tell('unreadable', where, null, 'The record holds no decision.');
      return;
    }
    const { seq, hash, decision_id: id, tenant_id: tenant, agent_uid: agent } = decision;
    if (key !== agentKey(tenant, agent)) {
      this.#tell('misfiled', where, id, `Decision ${seq} stands under another agent's key.`);
    }
    const before = seq <= (this.last?.seq ?? 0);
    // Older than what was removed beside it: its link is gone, its own hash is not.
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
      if (kind !== 'wrong_head') this.#tell(kind, where, id, text);
    }
    this.decisions++;
    if (isBeforeStart) return;
    this.last = { seq, hash };
    this.#remember(seq, hash);
    this.#compare(where, id);
  }

  /** A person's act that its signature does not prove. */
  unproven({ where, decision }: PlacedDecision, what: string): void {
    this.#tell('unproven', where, decision?.decision_id ?? null, what);
  }

  /** Ends that were noted elsewhere and that the chain does not reach. */
  end(): void {
    const at = this.last?.seq ?? 0;
    for (const [who, head] of this.#awaited) {
      if (head.seq <= at) continue;
      const what = `The chain ends at decision ${at}; ${who} has seen it at ${head.seq}.`;
      this.#tell('cut', TOPICS.decisions.name, null, what);
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
    this.#tell('doubled', where, decision.decision_id, what);
  }

  #compare(where: string, id: string): void {
    for (const [who, head] of this.#awaited) {
      if (head.seq !== this.last?.seq || head.hash === this.last.hash) continue;
      const what = `Decision ${head.seq} is another one than ${who} has seen.`;
      this.#tell('altered', where, id, what);
    }
  }

  #remember(seq: number, hash: string): void {
    this.#recent.set(seq, hash);
    this.#recent.delete(seq - REPEATS_BEHIND_MAX);
  }

  #tell(code: AuditProblem['code'], where: string, id: string | null, what: string): void {
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
