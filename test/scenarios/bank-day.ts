/**
 * A bank's day for scenario tests: calls of its agents in the order in which they happen, and what
 * the real ingest, detector and responder make of them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import { type InputEvent, type Policy, policySchema } from '@waywarden/schemas';
import { enforcingPolicy, fleetRecords, runFleet } from '../support/run-fleet.ts';

const START_MS = Date.UTC(2026, 2, 30, 9, 0, 0);
const PARTITIONS = 3;
/** The three who release a payment, a step each. */
export const CASHIERS = ['intake', 'payer', 'checker'] as const;

const EFFECTS: Readonly<Record<string, InputEvent['effect']>> = {
  create: 'create',
  initiate: 'pay',
  approve: 'pay',
  send: 'send',
  write: 'update',
};

interface Above {
  readonly principal: string;
  readonly root: string;
}
const ORDINARY: Above = { principal: 'ana@bank.example', root: 'payments-orchestrator' };

export interface BankCall {
  readonly agent: string;
  readonly does: string;
  readonly task?: string;
  readonly conversation?: { readonly id: string; readonly turn: number };
  readonly workflow?: string;
  readonly principal?: string;
  readonly subjects?: readonly string[];
  readonly args?: unknown;
  readonly result?: unknown;
  readonly trust?: 'trusted' | 'untrusted';
  readonly effect?: InputEvent['effect'];
  /** The object acted on, and whose record it is. */
  readonly on?: string;
  /** What kind of thing that is; a record, where it is left out. */
  readonly type?: string;
  readonly owner?: string;
  readonly destination?: string;
  /** Seconds by which the event claims to be ahead of when it is observed. */
  readonly ahead?: number;
  /** How good its source's clock is. */
  readonly quality?: InputEvent['event_time_quality'];
}

const agent = (uid: string, role: string, team: string, grants: readonly string[]) => ({
  uid,
  role,
  grants,
  class: 'autonomous',
  owner: { team },
});

const REGISTRY = {
  version: 1,
  agents: [
    agent('intake', 'intake', 'supply', ['ingest:untrusted', 'create:payee', 'write:data']),
    agent('payer', 'payer', 'treasury', ['initiate:payment']),
    agent('checker', 'checker', 'control', ['approve:payment']),
    agent('reporter', 'reporter', 'finance', ['read:financial', 'read:internal', 'write:data']),
    agent('mailer', 'mailer', 'office', ['send:external', 'write:data']),
    agent('vaulter', 'vaulter', 'platform', ['read:secret']),
    agent('wide', 'wide', 'platform', ['*']),
    agent('assistant', 'assistant', 'office', ['read:internal']),
    agent('teller-app', 'teller', 'branches', ['read:financial', 'read:personal']),
    ...Array.from({ length: 33 }, (_, n) => agent(`hand-${n}`, `hand-${n}`, `team-${n}`, [])),
  ],
  principals: [{ uid: 'tom@bank.example', grants: ['read:internal'] }],
  workflows: [
    { name: 'counter', owner: { team: 'branches' }, mediates: ['read:financial'] },
    {
      name: 'quarter-end',
      owner: { person: 'cfo@bank.example' },
      approvals: [
        {
          combination: 'lethal-trifecta',
          roles: ['intake', 'reporter', 'mailer'],
          envelope: { destinations: ['auditor.example'] },
          by: 'cfo@bank.example',
          reason: 'The auditors get every invoice total at the end of a quarter.',
          from: '2026-03-01',
          expires: '2026-08-01',
        },
      ],
    },
  ],
};

export class BankDay {
  readonly events: InputEvent[] = [];
  readonly observed: string[] = [];
  readonly #above: Readonly<Record<string, Above>>;
  #atMs = START_MS;

  /** @param above whom agents act for, where it is not the ordinary principal and orchestrator. */
  constructor(above: Readonly<Record<string, Above>> = {}) {
    this.#above = above;
  }

  pass(seconds: number): void {
    this.#atMs += seconds * 1000;
  }

  call(spec: BankCall): void {
    const { principal, root } = this.#above[spec.agent] ?? ORDINARY;
    const { task, workflow, subjects, conversation, on, type, owner, destination, trust } = spec;
    const verb = spec.does.split(':')[0] ?? '';
    this.observed.push(new Date(this.#atMs).toISOString());
    this.events.push({
      native_id: `call-${this.events.length}`,
      event_time: new Date(this.#atMs + (spec.ahead ?? 0) * 1000).toISOString(),
      ...(spec.quality === undefined ? {} : { event_time_quality: spec.quality }),
      activity: 'tool_call',
      phase: 'completed',
      effect: spec.effect ?? EFFECTS[verb] ?? 'read',
      agent: { uid: spec.agent, name: spec.agent },
      principal: { uid: spec.principal ?? principal, type: 'human' },
      delegation: { root_agent_uid: root, parent_agent_uid: root, depth: 1 },
      ...(task === undefined
        ? {}
        : {
            task: {
              id: task,
              ...(workflow && { workflow }),
              ...(subjects && { subjects: [...subjects] }),
            },
          }),
      ...(conversation && {
        conversation_id: conversation.id,
        conversation_turn: conversation.turn,
      }),
      tool: { name: `bank_${spec.does.replace(/\W/g, '_')}`, server: 'core-banking' },
      target: {
        system: 'core-banking',
        ...(on === undefined ? {} : { resource_type: type ?? 'record', resource_id: on }),
        ...(owner === undefined ? {} : { owner_uid: owner }),
        ...(destination === undefined
          ? {}
          : { resource_type: 'mailbox', resource_id: destination }),
      },
      capabilities: [{ symbol: spec.does, basis: 'operator' }],
      args: { value: spec.args ?? {} },
      result: { value: spec.result ?? 'done', trust: trust ?? 'trusted' },
      outcome: 'success',
    });
  }
}

interface BankOptions {
  readonly combination?: { readonly id: string; readonly symbols: readonly string[] };
  /** Instead of the acceptance runs' own. */
  readonly rules?: readonly object[];
}

/** The shipped combinations, or one of its own: all its symbols, the last fed by all others. */
function bankPolicy({ combination: own, rules }: BankOptions): Policy {
  const policy = enforcingPolicy();
  const last = (own?.symbols.length ?? 0) - 1;
  const steps = own?.symbols.map((symbol, n) => ({
    id: `s${n}`,
    any: [symbol],
    ...(n < last
      ? {}
      : { after: own.symbols.slice(0, -1).map((_, at) => `s${at}`), link: ['data_flow'] }),
  }));
  const combinations =
    own === undefined
      ? policy.combinations
      : [{ id: own.id, severity: 'critical', steps, within: '24h' }];
  return policySchema.parse({
    ...policy,
    combinations,
    rules: (rules ?? policy.rules).map((rule) => ({ ...rule, mode: 'enforce' })),
  });
}

export async function runBank(day: BankDay, options: BankOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'waywarden-bank-'));
  const log = await openLmdbLog({ path: folder, durable: false });
  try {
    const { records } = fleetRecords(day.events, day.observed);
    const policy = bankPolicy(options);
    const run = await runFleet({
      log,
      partitions: PARTITIONS,
      records,
      registry: REGISTRY,
      policy,
    });
    const open = (combinationId: string) =>
      run.alerts.filter(
        (one) =>
          one.state === 'open' &&
          one.hygiene !== true &&
          one.assembly?.combination === combinationId,
      );
    return {
      ...run,
      open,
      ofKind: (kind: string) =>
        run.alerts.filter((one) => one.state === 'open' && one.kind === kind),
      /** Every reason for which a combination's alerts led to nothing by themselves. */
      withheld: (combinationId: string) => {
        const ids = new Set(open(combinationId).map((one) => one.alert_id));
        return run.decisions
          .filter((one) => one.alert_ids.some((id) => ids.has(id)))
          .flatMap((one) => one.withheld_reasons ?? [one.withheld_reason ?? '']);
      },
    };
  } finally {
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
