/**
 * An agent works on unattended for longer than its class may (`unattended_calls`): calls of a task since a person
 * asked or approved. A source that reports neither counts nothing.
 */
import { type AuditEvent, classRow, hasRootKey, shortPrint } from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import {
  type FindingRule,
  finding,
  hadEffect,
  nameOf,
  thresholdOf,
} from '../../alerting/finding.ts';
import { PRINT_36 } from '../../domain/record-table.ts';
import { RULE_SEVERITIES } from '../../domain/severities.ts';
import { agentStateKey } from '../../state/agent/agent-key.ts';
import { workOf } from '../../state/agent/piece-of-work.ts';
import { unattendedCallsWords } from '../../wording/identity.ts';

/**
 * Of the half longest untouched, the one with fewest calls makes room: else seventeen tasks in turn would count
 * nothing.
 */
const RUNS_MAX = 16;
const PASSED_MAX = 32;
const CALLS_MAX = 1_000_000;

/** Longest untouched first; `turn`: -1 before any. */
type Runs = readonly (readonly [task: string, calls: number, turn: number])[];
interface Counted {
  readonly runs: Runs;
  readonly passed: number;
}

const NONE_COUNTED: Counted = { runs: [], passed: 0 };

function turnOf({ principal, conversation_turn: turn }: AuditEvent): number | undefined {
  return principal?.type === 'human' ? turn : undefined;
}

function reportsOfPeople(event: AuditEvent): boolean {
  const { principal, approval } = event;
  if (approval !== undefined) return true;
  return principal !== undefined && (principal.type !== 'human' || turnOf(event) !== undefined);
}

function withRoom({ runs, passed }: Counted): Counted {
  if (runs.length < RUNS_MAX) return { runs, passed };
  if (passed >= PASSED_MAX) return { runs: runs.slice(1), passed: 0 };
  const older = runs.slice(0, RUNS_MAX / 2).map(([, calls]) => calls);
  const least = older.lastIndexOf(Math.min(...older));
  return { runs: runs.filter((_, at) => at !== least), passed: least === 0 ? 0 : passed + 1 };
}

/** This one included; none where a person approved it, or asked and it is the first. */
function countRun(transaction: Transaction, event: AuditEvent): number {
  const key = agentStateKey(event, 'unattended');
  const counted = transaction.get<Counted>(key) ?? NONE_COUNTED;
  const { runs } = counted;
  const task = shortPrint(event.task?.id ?? workOf(event), PRINT_36);
  const known = runs.findIndex(([one]) => one === task);
  const [, before, last] = runs[known] ?? [task, 0, -1];
  const turn = turnOf(event) ?? last;
  const isAttended = event.approval?.mode === 'human' || turn !== last;
  const calls = isAttended ? 0 : Math.min(CALLS_MAX, before + 1);
  const others =
    known < 0
      ? withRoom(counted)
      : {
          runs: runs.filter((_, at) => at !== known),
          passed: known === 0 ? 0 : counted.passed,
        };
  transaction.put(key, { ...others, runs: [...others.runs, [task, calls, turn]] });
  return calls;
}

export const unattendedCalls: FindingRule = (transaction, event, { registered, classes }) => {
  if (registered === undefined) return undefined;
  if (event.outcome === 'denied' || !reportsOfPeople(event)) return undefined;
  const row = classRow(classes, registered.class, event.target?.environment);
  const most = row.unattended_calls;
  if (most === undefined) return undefined;
  const calls = countRun(transaction, event);
  if (calls <= most || (most === 0 && turnOf(event) !== undefined)) return undefined;
  const isEffect = hadEffect(event);
  if (isEffect && row.approval_for === 'effects') return undefined;
  const cls = registered.class;
  const of = hasRootKey(event) ? 'task' : 'day';
  return finding({
    kind: 'class_drift',
    ruleId: 'unattended-calls',
    severity: RULE_SEVERITIES['unattended-calls'][isEffect ? 'effect' : 'plain'],
    hygiene: !isEffect,
    dedupeKey: `unattended|${isEffect}`,
    amount: calls,
    ...unattendedCallsWords({ who: nameOf(event), cls, calls, most, of }),
    renews: 'work',
    threshold: thresholdOf(row, cls, 'unattended_calls'),
    taxonomy: { owasp: ['ASI02'] },
  });
};
