/** What became of orders: a view of the response stage's state. */
import type { EventLog } from '@waywarden/event-log';
import {
  type LineageInDecision,
  type RevocationCommand,
  type Target,
  TOPICS,
  type WouldBreak,
  waitsForResume,
} from '@waywarden/schemas';
import { type LocalState, stageSpace, type Transaction } from '@waywarden/stage';
import { requiredSince } from '../core/commands/stands-for.ts';
import { holderOf, traceLineage } from '../core/commands/trace-lineage.ts';
import { breakageOf } from '../core/commands/would-break.ts';
import {
  appliedByAll,
  type ContainmentView,
  containmentView,
  isConfirmed,
  PROOF_WAIT_MS,
  untiedBy,
} from '../core/containment/containment-state.ts';
import { subjectHolders } from '../core/guards/derived-holders.ts';
import {
  type AllWithheldByPause,
  type PauseState,
  pauseState,
  withheldByPause,
} from '../core/guards/enforcement-pause.ts';
import { type SpentAt, spentBudgets } from '../core/guards/rule-budget.ts';
import { targetActionKey } from '../core/model/action-target.ts';
import type { Untied } from '../core/model/command-record.ts';
import { nextDueMs } from '../core/model/due-heap.ts';
import {
  type IssuedCommand,
  issuedCommand,
  newestCommands,
  openCommand,
} from '../core/model/issued-command.ts';
import type { ResponseContext } from '../core/model/response-context.ts';
import { tenantPolicy, tenantRegistry } from '../core/model/tenant-policy.ts';
import { type PreviewedOrder, previewOrder, usualAction } from '../core/operator/preview-order.ts';
import { type ActOutcome, outcomeOfAct } from '../core/operator/take-act.ts';
import { sha256Hex } from './responder-stages.ts';

const ALL = 100_000;
/** The newest. */
const AWAITED = 100;

export interface KnownContainment extends ContainmentView {
  readonly command: RevocationCommand;
  readonly issued: IssuedCommand;
  readonly untied: Untied | undefined;
  readonly undo: IssuedCommand | undefined;
  readonly requiredSince: readonly string[];
  /** Undefined: not shown. */
  readonly lineage: LineageInDecision | undefined;
}

interface Of {
  readonly agentUid?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly but?: string | undefined;
}

export interface SpentByRule extends SpentAt {
  readonly ruleId: string;
}

interface Preview extends PreviewedOrder {
  readonly would_break: WouldBreak;
  readonly lineage: LineageInDecision | null;
  /** False: neither registered, nor seen to hold any access. */
  readonly known: boolean;
}

function unknownOrder(action: string): Omit<Preview, 'lineage' | 'known'> {
  const words = 'What it would break is not known before there is a policy.';
  return {
    ...{ action, people: 1, withheld: null, protects: [], reaches: [] },
    would_break: { open_tasks: 0, agents: [], agents_count: 0, words },
  };
}

export class Containments {
  readonly #transaction: Transaction;
  readonly #neverRevoke: readonly string[];

  private constructor(transaction: Transaction, neverRevoke: readonly string[]) {
    this.#transaction = transaction;
    this.#neverRevoke = neverRevoke;
  }

  static async open(
    log: EventLog,
    state: LocalState,
    { stage, neverRevoke }: { readonly stage: string; readonly neverRevoke: readonly string[] },
  ): Promise<Containments> {
    const { name, incarnation } = await log.describe(TOPICS.responseJournal.name);
    const transaction = state.transaction(stageSpace(stage, name, incarnation, 0));
    return Containments.over(transaction, neverRevoke);
  }

  static over(transaction: Transaction, neverRevoke: readonly string[] = []): Containments {
    return new Containments(transaction, neverRevoke);
  }

  *inForce(): Generator<IssuedCommand> {
    yield* newestCommands(this.#transaction, ALL);
  }

  issued(commandId: string): IssuedCommand | undefined {
    return issuedCommand(this.#transaction, commandId);
  }

  outcomeOfAct(actId: string): ActOutcome | undefined {
    return outcomeOfAct(this.#transaction, actId);
  }

  pauseOf(tenantId: string): PauseState {
    return pauseState(this.#transaction, tenantId);
  }

  withheldByPause(tenantId: string, nowMs: number): AllWithheldByPause {
    return withheldByPause(this.#transaction, tenantId, nowMs);
  }

  spentBudgets(tenantId: string, nowMs: number): readonly SpentByRule[] {
    const policy = tenantPolicy(this.#transaction, tenantId);
    if (policy === undefined) return [];
    return policy.rules.flatMap(({ id: ruleId }) =>
      spentBudgets(this.#transaction, policy, { tenantId, ruleId, nowMs }).map((one) => ({
        ...one,
        ruleId,
      })),
    );
  }

  /** As far as known. */
  waitingForResume(tenantId: string, nowMs: number): number {
    if (!this.pauseOf(tenantId).paused) return 0;
    let count = 0;
    for (const { command, receivers, restored, expiresMs } of newestCommands(
      this.#transaction,
      ALL,
    )) {
      if (command.tenant_id !== tenantId || restored || expiresMs <= nowMs) continue;
      if (!waitsForResume(command)) continue;
      if (command.receivers.some((id) => receivers[id] === undefined)) count++;
    }
    return count;
  }

  /** Nothing else does, and it is recent. */
  awaitsSilence(nowMs: number): boolean {
    for (const issued of newestCommands(this.#transaction, AWAITED)) {
      if (issued.restored || issued.proof.leak !== undefined) continue;
      if (isConfirmed(issued.proof, nowMs)) continue;
      const applied = appliedByAll(issued);
      if (applied !== undefined && nowMs - applied.atMs < PROOF_WAIT_MS) return true;
    }
    return false;
  }

  /** Log time; undefined: nothing. */
  nextDueMs(): number | undefined {
    return nextDueMs(this.#transaction);
  }

  of(commandId: string, nowMs: number): KnownContainment | undefined {
    const issued = issuedCommand(this.#transaction, commandId);
    return issued && this.#view(issued, nowMs);
  }

  *each(nowMs: number, of: Of = {}): Generator<KnownContainment> {
    const { agentUid, tenantId, but } = of;
    for (const issued of newestCommands(this.#transaction, ALL)) {
      const { action, target } = issued.command;
      if (action === 'restore' || action === 'probe') continue;
      if (target.tenant_id === but) continue;
      if (tenantId !== undefined && target.tenant_id !== tenantId) continue;
      if (agentUid !== undefined && target.agent_uid !== agentUid) continue;
      yield this.#view(issued, nowMs);
    }
  }

  newest(limit: number, nowMs: number, of: Of = {}): readonly KnownContainment[] {
    const found: KnownContainment[] = [];
    for (const one of this.each(nowMs, of)) {
      found.push(one);
      if (found.length >= limit) break;
    }
    return found;
  }

  preview(target: Target, nowMs: number, action = usualAction(target)): Preview {
    const transaction = this.#transaction;
    const [own] = subjectHolders(transaction, target);
    const registry = tenantRegistry(transaction, target.tenant_id);
    const lineage = traceLineage(transaction, registry, own) ?? null;
    const policy = tenantPolicy(transaction, target.tenant_id);
    // Before a policy an order waits.
    const { tenant_id, agent_uid } = target;
    const isSeen = subjectHolders(transaction, { level: 'agent', tenant_id, agent_uid }).length > 0;
    const known = own !== undefined || isSeen || registry?.classes[agent_uid] !== undefined;
    if (policy === undefined) return { ...unknownOrder(action), lineage, known };
    const context: ResponseContext = {
      ...{
        transaction,
        sha256: sha256Hex,
        neverRevoke: this.#neverRevoke,
        policy,
        registry,
        nowMs,
      },
    };
    return {
      would_break: breakageOf(context, { action, target }, nowMs),
      lineage,
      known,
      ...previewOrder(context, { action, target }),
    };
  }

  #view(issued: IssuedCommand, nowMs: number): KnownContainment {
    const { command } = issued;
    const { tenant_id, agent_uid } = command.target;
    const target = { level: 'agent', tenant_id, agent_uid };
    const key = targetActionKey(target, 'block_issuance', sha256Hex);
    const issuance = openCommand(this.#transaction, key, nowMs);
    const undo =
      issued.undo === undefined ? undefined : issuedCommand(this.#transaction, issued.undo);
    const since = this.#requiredSince(issued, nowMs);
    const issuersSince = issuance === undefined ? [] : this.#requiredSince(issuance, nowMs);
    const facts = { issuance, issuersSince, undo, nowMs, requiredSince: since };
    const view = containmentView(issued, facts);
    const lineageOf = () => this.#lineageOf(issued);
    return {
      ...{ command, issued, undo, ...view, untied: untiedBy(issued.proof, nowMs) },
      requiredSince: since,
      get lineage() {
        return lineageOf();
      },
    };
  }

  #requiredSince(issued: IssuedCommand, nowMs: number): readonly string[] {
    const { tenant_id: tenantId } = issued.command.target;
    const policy = tenantPolicy(this.#transaction, tenantId);
    if (policy === undefined) return [];
    const registry = tenantRegistry(this.#transaction, tenantId);
    const since = requiredSince({ policy, registry }, issued);
    const { openKey } = issued;
    const open =
      openKey === null || since.length === 0
        ? undefined
        : openCommand(this.#transaction, openKey, nowMs);
    return since.filter((id) => open?.receivers[id]?.state !== 'applied');
  }

  #lineageOf({ command, cause }: IssuedCommand): LineageInDecision | undefined {
    const { tenant_id, agent_uid } = command.target;
    const registry = tenantRegistry(this.#transaction, tenant_id);
    const holder = holderOf(this.#transaction, tenant_id, cause?.subject ?? { agent_uid });
    return traceLineage(this.#transaction, registry, holder);
  }
}
