/**
 * Takes what somebody does about alerts: checks it, gives the verdict that a close implies, signs with the account's key,
 * appends, and answers when the list shows it. The verdict goes first, so that no close teaches nothing.
 */
import { randomUUID } from 'node:crypto';
import type { AppendRecord, EventLog } from '@waywarden/event-log';
import {
  awaitsOthers,
  HEADERS,
  type MacKey,
  macHeaders,
  type OperatorAct,
  type RULE_ACTS,
  type RuleProposal,
  type SuppressionScope,
  TOPICS,
  TRIAGE_ACT_TOPIC,
  type TriageAct,
  type TriageChange,
  triageActSchema,
  triageKey,
  triageRecordSchema,
} from '@waywarden/schemas';
import type { ZodError } from 'zod';
import { type Accounts, signAct } from '../access/accounts.ts';
import { may } from '../core/access/roles.ts';
import { actedSince, NOTES_MAX } from '../core/triage/alert-triage.ts';
import type { BoardEntry } from '../core/triage/triage-board.ts';
import type { AlertFollower } from './alert-follower.ts';
import type { ResponseDesk } from './response-desk.ts';

type RuleAct = (typeof RULE_ACTS)[number];

const ENCODER = new TextEncoder();
const REASON_LENGTH_MIN = 3;

export interface TriageDeskParts {
  readonly log: EventLog;
  readonly tenant: string;
  readonly audience: string;
  readonly follower: AlertFollower;
  readonly accounts: Pick<Accounts, 'signingKey' | 'find'>;
  readonly response: Pick<ResponseDesk, 'give'>;
  readonly macKey: MacKey;
  readonly nowMs: () => number;
}

interface Seen {
  readonly alert_id: string;
  /** The revision that was on the page; absent: the latest. */
  readonly revision?: number | undefined;
  /** The last act that was on the page, null for none; absent: not looked at. */
  readonly last_act?: string | null | undefined;
}

export interface GivenChange {
  readonly by: string;
  readonly seen: readonly Seen[];
  readonly change: TriageChange;
  readonly reason: string;
  /** Of them, those that access was taken for. */
  readonly contained?: ReadonlySet<string>;
  /** Else a verdict is refused where it would give access back. */
  readonly restores?: boolean;
}

export interface Given {
  readonly act_id: string;
  /** Verdicts that were given with a close, and those that were not taken, with why. */
  readonly verdicts: number;
  readonly verdictsRefused: readonly { readonly alert_id: string; readonly why: string }[];
}

export type TriageRefusal = {
  readonly code: 400 | 403 | 404 | 409;
  readonly message: string;
  readonly todo?: string;
};
export const isTriageRefusal = (value: object): value is TriageRefusal => 'code' in value;
export const triageRefusal = (code: TriageRefusal['code'], message: string): TriageRefusal => ({
  code,
  message,
});

/** What a close says of the alert itself; a duplicate says nothing. */
const VERDICT: Readonly<Record<string, OperatorAct['verdict']>> = {
  true_positive: 'true_positive',
  false_positive: 'false_positive',
  benign_expected: 'false_positive',
};

interface SealedAct {
  readonly id: string;
  readonly record: AppendRecord;
}

const LATE = 'It is in the log and not listed yet: look again before you repeat it.';

function unreadable({ issues: [issue] }: ZodError): TriageRefusal {
  const where = issue?.path.join('.') ?? '';
  return triageRefusal(400, `${where}: ${issue?.message ?? 'not understood'}`);
}

export class TriageDesk {
  readonly #parts: TriageDeskParts;

  constructor(parts: TriageDeskParts) {
    this.#parts = parts;
  }

  async change(given: GivenChange): Promise<Given | TriageRefusal> {
    const { by, seen, change, reason } = given;
    const { entries, refused: unknown } = this.#entriesOf(seen);
    if (unknown !== undefined) return unknown;
    if (change.state !== undefined || change.assignee !== undefined) {
      for (const [n, { row, triage }] of entries.entries()) {
        const late = actedSince(triage, { by, lastAct: seen[n]?.last_act });
        if (late !== undefined) return triageRefusal(409, `Alert ${row.id}: ${late}.`);
      }
    }
    const problem = this.#problemOf(entries, change, reason);
    if (problem !== undefined) return problem;
    const alerts = entries.map(({ row }) => ({
      alert_id: row.id,
      ...{ revision: row.facts.revision, count: row.facts.count, severity: row.facts.severity },
      last_event_time: row.facts.last_event_time,
    }));
    const sealed = await this.#seal(this.#act(by, reason, { act: 'change', alerts, change }));
    if (isTriageRefusal(sealed)) return sealed;
    const { verdicts, refused } = await this.#verdicts(given, entries);
    const problemOfAct = await this.#append(sealed);
    return problemOfAct ?? { act_id: sealed.id, verdicts, verdictsRefused: refused };
  }

  async suppress(
    by: string,
    scope: SuppressionScope,
    expires: string,
    reason: string,
  ): Promise<Given | TriageRefusal> {
    const act = this.#act(by, reason, {
      ...{ act: 'suppress', suppression_id: randomUUID(), scope, expires },
    });
    return (await this.#give(act)) ?? { act_id: act.suppression_id ?? '', ...NO_VERDICTS };
  }

  async unsuppress(by: string, id: string, reason: string): Promise<Given | TriageRefusal> {
    const act = this.#act(by, reason, { act: 'unsuppress', suppression_id: id });
    return (await this.#give(act)) ?? { act_id: act.act_id, ...NO_VERDICTS };
  }

  /** Undefined: it is in the log and listed. */
  async onRules(
    by: string,
    act: RuleAct,
    rules: RuleProposal,
    reason: string,
  ): Promise<TriageRefusal | undefined> {
    return this.#give(this.#act(by, reason, { act, rules }));
  }

  #entriesOf(seen: readonly Seen[]): {
    readonly entries: readonly BoardEntry[];
    readonly refused?: TriageRefusal;
  } {
    const { board } = this.#parts.follower;
    const entries: BoardEntry[] = [];
    for (const { alert_id: id, revision } of seen) {
      const entry = board.entry(id);
      if (entry === undefined) {
        const why = `No alert ${id} is listed: it may be older than the log keeps alerts.`;
        return { entries: [], refused: triageRefusal(404, why) };
      }
      const now = entry.row.facts.revision;
      if (revision !== undefined && revision !== now) {
        const why = `Alert ${id} has come to revision ${now} since you looked at revision ${revision}: look again, then decide.`;
        return { entries: [], refused: triageRefusal(409, why) };
      }
      entries.push(entry);
    }
    return { entries };
  }

  #problemOf(
    entries: readonly BoardEntry[],
    change: TriageChange,
    reason: string,
  ): TriageRefusal | undefined {
    const { state, classification, duplicate_of: of, assignee, note } = change;
    if (Object.keys(change).length === 0) return triageRefusal(400, 'Nothing is changed.');
    if ((state === 'closed') !== (classification !== undefined)) {
      return triageRefusal(400, 'A close takes a classification, and nothing else does.');
    }
    if (state === 'closed' && reason.trim().length < REASON_LENGTH_MIN) {
      return triageRefusal(400, 'Say why it is closed: whoever looks at it next reads it.');
    }
    if ((classification === 'duplicate') !== (of !== undefined)) {
      return triageRefusal(
        400,
        'A duplicate names the alert that stays (duplicate_of), and nothing else does.',
      );
    }
    if (of !== undefined) {
      if (entries.some(({ row }) => row.id === of)) {
        return triageRefusal(400, 'An alert is no duplicate of itself.');
      }
      if (this.#parts.follower.board.entry(of) === undefined) {
        return triageRefusal(404, `No alert ${of} is listed, so nothing is a duplicate of it.`);
      }
    }
    if (assignee != null && !this.#isPerson(assignee)) {
      return triageRefusal(400, `${assignee} has no account here that may work on alerts.`);
    }
    const full =
      note !== undefined && entries.find(({ triage }) => triage.notes.length >= NOTES_MAX);
    return full
      ? triageRefusal(409, `Alert ${full.row.id} has ${NOTES_MAX} notes already.`)
      : undefined;
  }

  #isPerson(uid: string): boolean {
    const account = this.#parts.accounts.find(uid);
    const role = account?.roles[this.#parts.tenant];
    return account !== undefined && !account.disabled && role !== undefined && may(role, 'triage');
  }

  async #verdicts(
    { by, change: { classification }, reason, contained, restores = false }: GivenChange,
    entries: readonly BoardEntry[],
  ) {
    const verdict = VERDICT[classification ?? ''];
    const refused: { alert_id: string; why: string }[] = [];
    let verdicts = 0;
    // Hygiene findings hold no command and teach the detector nothing.
    const judged = verdict === undefined ? [] : entries.filter(({ row }) => !row.isHygiene);
    for (const { row } of judged) {
      const asked = { alert_id: row.id, verdict, revision: row.facts.revision };
      const of = restores ? asked : { ...asked, restores };
      // Who reads the answer must hear where a second person is needed.
      const waits = judged.length === 1 || contained?.has(row.id) === true;
      const answer = await this.#parts.response.give(by, 'verdict', reason, of, waits);
      if (answer.refused === undefined) verdicts += 1;
      else refused.push({ alert_id: row.id, why: answer.refused });
      const { withheld = null } = answer.outcome ?? {};
      if (withheld !== null && awaitsOthers(withheld)) {
        refused.push({ alert_id: row.id, why: withheld });
      }
    }
    return { verdicts, refused };
  }

  #act(by: string, reason: string, of: Partial<TriageAct> & Pick<TriageAct, 'act'>): TriageAct {
    const at = new Date(this.#parts.nowMs()).toISOString();
    return { act_id: randomUUID(), tenant_id: this.#parts.tenant, by, at, reason, ...of };
  }

  async #give(act: TriageAct): Promise<TriageRefusal | undefined> {
    const sealed = await this.#seal(act);
    return isTriageRefusal(sealed) ? sealed : this.#append(sealed);
  }

  /** Signed, and such that whoever reads the log can read it. */
  async #seal(given: TriageAct): Promise<SealedAct | TriageRefusal> {
    const checked = triageActSchema.safeParse(given);
    if (!checked.success) return unreadable(checked.error);
    const act = checked.data;
    const { tenant, audience, accounts, macKey, nowMs } = this.#parts;
    const binding = { topic: TRIAGE_ACT_TOPIC, audience, atMs: nowMs() };
    const signed = await signAct(JSON.stringify(act), accounts.signingKey(act.by), binding);
    const record = triageRecordSchema.safeParse({ act, signed });
    if (!record.success) return unreadable(record.error);
    const headers = {
      [HEADERS.ceId]: act.act_id,
      [HEADERS.type]: 'event',
      [HEADERS.producedAt]: act.at,
    };
    const unsealed = {
      ...{ topic: TOPICS.triage.name, key: triageKey(tenant) },
      value: ENCODER.encode(JSON.stringify(record.data)),
    };
    const sealed = { ...headers, ...macHeaders({ ...unsealed, headers }, macKey) };
    return { id: act.act_id, record: { ...unsealed, partition: 0, headers: sealed } };
  }

  async #append({ id, record }: SealedAct): Promise<TriageRefusal | undefined> {
    const { log, follower } = this.#parts;
    const shown = follower.acted(id);
    await log.append([record]);
    return (await shown) ? undefined : triageRefusal(409, LATE);
  }
}

const NO_VERDICTS = { verdicts: 0, verdictsRefused: [] } as const;
