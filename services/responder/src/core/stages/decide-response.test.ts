import { decisionSchema, revocationCommandSchema } from '@waywarden/schemas';
import { describe, expect, test } from 'vitest';
import {
  alertEntry,
  at,
  Journal,
  policyEntry,
  receiptEntry,
  registryEntry,
  START,
  sha256,
  TENANT,
} from '../../testing/response-fixtures.ts';
import { containmentView } from '../containment/containment-state.ts';
import { issuedCommand } from '../model/issued-command.ts';
import { verifyDecisions } from './verify-decisions.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

function reasons(journal: Journal): readonly (string | null)[] {
  return journal.decisions.map((decision) => decision.withheld_reason);
}

describe('commands', () => {
  test('decisions and commands are valid on the wire, with derived ids and log time only', () => {
    const journal = new Journal();
    journal.add(policyEntry(), alertEntry('a'));
    const [command] = journal.commands;
    const [decision] = journal.decisions;
    expect(revocationCommandSchema.parse(command)).toEqual(command);
    expect(decisionSchema.safeParse(decision).success).toBe(true);
    expect(command).toMatchObject({
      issued_at: START,
      expires_at: at(HOUR_MS),
      sequence: 1,
      target: { level: 'task', tenant_id: TENANT, agent_uid: 'agent-a', task_id: 'task-a' },
      receivers: ['mcp-gateway'],
      audience: 'waywarden:acme',
      initiating_entity: 'policy',
    });
    expect(decision?.would_be_command).toEqual(command);
  });

  test('the registry names the receivers; those of other subjects are left out', () => {
    const journal = new Journal();
    const receivers = [
      { id: 'idp', kind: 'http', subjects: ['agent-*'] },
      { id: 'other', kind: 'http', subjects: ['robot-*'] },
    ];
    journal.add(registryEntry({ receivers }), policyEntry(), alertEntry('a'));
    expect(journal.commands[0]?.receivers).toEqual(['idp']);
  });

  test('each action of the rule gets its command, and sequences count up per agent', () => {
    const journal = new Journal();
    const actions = [
      { action: 'revoke_token', level: 'task' },
      { action: 'block_issuance', level: 'agent' },
    ];
    journal.add(policyEntry({ rules: [{ actions }] }), alertEntry('a'), alertEntry('b'));
    expect(journal.commands.map((c) => [c.target.agent_uid, c.action, c.sequence])).toEqual([
      ['agent-a', 'revoke_token', 1],
      ['agent-a', 'block_issuance', 2],
      ['agent-b', 'revoke_token', 1],
      ['agent-b', 'block_issuance', 2],
    ]);
    const [first] = journal.decisions;
    expect(first?.issued_command_ids).toEqual(
      journal.commands.slice(0, 2).map((c) => c.command_id),
    );
  });

  test('a further action without its ids is left out; the first one still acts', () => {
    const journal = new Journal();
    const actions = [
      { action: 'revoke_token', level: 'task' },
      { action: 'revoke_credential', level: 'credential' },
    ];
    journal.add(policyEntry({ rules: [{ actions }] }), alertEntry('a'));
    expect(journal.commands.map((c) => c.action)).toEqual(['revoke_token']);
    expect(journal.decisions[0]).toMatchObject({
      withheld_reason: null,
      withheld_reasons: ['target_incomplete'],
      target_problems: ['revoke_credential: credential_uid is missing'],
    });
  });

  test('two revisions and a second alert on the same target give one command', () => {
    const journal = new Journal();
    const subject = { agent_uid: 'agent-a', task_id: 'task-a' };
    journal.add(
      policyEntry(),
      alertEntry('a'),
      alertEntry('a', { revision: 2 }),
      alertEntry('b', { subject }),
    );
    expect(journal.commands).toHaveLength(1);
    expect(reasons(journal)).toEqual([null, 'already_contained', 'already_contained']);
  });

  test.each([
    ['task', 'revoke_token', 'task_id'],
    ['credential', 'revoke_credential', 'credential_uid'],
  ] as const)('each %s that a revision names as its subject is commanded', (level, action, id) => {
    const journal = new Journal();
    journal.add(policyEntry({ rules: [{ actions: [{ action, level }] }] }));
    const revisions = ['x', 'x', 'y', 'z'].map((name, n) => {
      const subject = { agent_uid: 'agent-a', task_id: name, credential_uid: name };
      return alertEntry('a', { revision: n + 1, subject, detected_at: at(n * MINUTE_MS) });
    });
    journal.add(...revisions);
    expect(journal.commands.map(({ target }) => target[id])).toEqual(['x', 'y', 'z']);
    expect(reasons(journal)).toEqual([null, 'already_contained', null, null]);
  });

  test('what has expired is commanded anew, under another id', () => {
    const journal = new Journal();
    journal.add(policyEntry(), alertEntry('a'));
    journal.add(alertEntry('a', { revision: 2, detected_at: at(HOUR_MS) }));
    const revocations = journal.commands.filter((c) => c.action === 'revoke_token');
    expect(new Set(revocations.map((c) => c.command_id)).size).toBe(2);
    expect(new Set(revocations.map((c) => c.containment_id)).size).toBe(2);
  });
});

describe('budget', () => {
  test('degrades to a step-up at the stated number, and one rule leaves another armed', () => {
    const journal = new Journal();
    const rules = [{ id: 'noisy' }, { id: 'quiet', when: { kind: ['decoy_touched'] } }];
    journal.add(policyEntry({ rules, limits: { subjects: 2 } }));
    for (const name of ['a', 'b', 'c']) journal.add(alertEntry(name));
    journal.add(alertEntry('d', { kind: 'decoy_touched' }));
    expect(journal.commands.map((c) => [c.target.agent_uid, c.action, c.target.level])).toEqual([
      ['agent-a', 'revoke_token', 'task'],
      ['agent-b', 'revoke_token', 'task'],
      ['agent-c', 'require_step_up', 'task'],
      ['agent-d', 'revoke_token', 'task'],
    ]);
    expect(reasons(journal)).toEqual([null, null, 'budget_exceeded', null]);
    expect(journal.decisions[2]).toMatchObject({
      degraded_to: 'require_step_up',
      would_be_command: { action: 'revoke_token' },
      issued_command_ids: [journal.commands[2]?.command_id],
    });
  });

  test('a share of the live fleet bounds agents, never to nothing', () => {
    const agents = Array.from({ length: 40 }, (_, n) => ({ uid: `agent-${n}` }));
    const journal = new Journal();
    journal.add(registryEntry({ agents }), policyEntry({ limits: { fleet_share: 0.05 } }));
    for (const name of ['1', '2', '3']) journal.add(alertEntry(name));
    expect(reasons(journal)).toEqual([null, null, 'budget_exceeded']);
    // Another task of an agent that counts already is no further agent.
    journal.add(alertEntry('4', { subject: { agent_uid: 'agent-1', task_id: 'another' } }));
    expect(reasons(journal).at(-1)).toBeNull();
  });

  test('without a task it is the agent that must step up: nobody goes on unasked', () => {
    const journal = new Journal();
    const rules = [{ actions: [{ action: 'block_issuance', level: 'agent' }] }];
    journal.add(policyEntry({ rules, limits: { subjects: 0 } }));
    journal.add(alertEntry('a', { subject: { agent_uid: 'agent-a' } }));
    expect(journal.commands.map(({ action, target }) => [action, target.level])).toEqual([
      ['require_step_up', 'agent'],
    ]);
    expect(journal.decisions[0]?.withheld_reasons).toEqual(['budget_exceeded']);
  });

  test('is free again when the window has passed', () => {
    const journal = new Journal();
    journal.add(policyEntry({ limits: { subjects: 1, window: '10m' } }), alertEntry('a'));
    journal.add(alertEntry('b', { detected_at: at(10 * MINUTE_MS - 1) }));
    journal.add(alertEntry('c', { detected_at: at(10 * MINUTE_MS) }));
    expect(reasons(journal)).toEqual([null, 'budget_exceeded', null]);
  });

  test('a rule in shadow spends nothing', () => {
    const journal = new Journal();
    const shadow = policyEntry({ rules: [{ mode: 'shadow' }], limits: { subjects: 1 } });
    journal.add(shadow, alertEntry('a'), alertEntry('b'));
    journal.add(policyEntry({ limits: { subjects: 1 }, seq: 2 }), alertEntry('c'));
    expect(reasons(journal)).toEqual(['rule_in_shadow', 'rule_in_shadow', null]);
  });
});

describe('a withdrawn alert', () => {
  const withdrawn = { revision: 2, state: 'withdrawn', detected_at: at(MINUTE_MS) } as const;

  test('restores its commands, last first, and nothing twice', () => {
    const journal = new Journal();
    const actions = [
      { action: 'revoke_token', level: 'task' },
      { action: 'kill_session', level: 'task' },
    ];
    journal.add(policyEntry({ rules: [{ actions }] }), alertEntry('a'), alertEntry('a', withdrawn));
    const [revoke, kill, ...restores] = journal.commands;
    expect(restores.map((c) => [c.action, c.restores, c.sequence])).toEqual([
      ['restore', kill?.command_id, 3],
      ['restore', revoke?.command_id, 4],
    ]);
    expect(new Set(journal.commands.map((c) => c.command_id)).size).toBe(4);
    expect(restores.map((c) => c.containment_id)).toEqual([
      kill?.containment_id,
      revoke?.containment_id,
    ]);
    for (const one of restores) expect(revocationCommandSchema.safeParse(one).success).toBe(true);
    expect(journal.decisions.at(-1)).toMatchObject({
      withheld_reason: null,
      would_be_command: restores[0],
    });
    journal.add(alertEntry('a', { ...withdrawn, revision: 3 }));
    expect(journal.commands).toHaveLength(4);
    expect(reasons(journal).at(-1)).toBe('alert_withdrawn');
  });

  test('leaves in force what another alert needs too', () => {
    const journal = new Journal();
    const subject = { agent_uid: 'agent-a', task_id: 'task-a' };
    journal.add(
      policyEntry(),
      alertEntry('a'),
      alertEntry('b', { subject }),
      alertEntry('a', withdrawn),
    );
    expect(journal.commands).toHaveLength(1);
    expect(journal.decisions.at(-1)?.withheld_reasons).toEqual([
      'alert_withdrawn',
      'needed_by_other_alert',
    ]);
    journal.add(alertEntry('b', { ...withdrawn, subject }));
    expect(journal.commands.at(-1)).toMatchObject({
      action: 'restore',
      alert_ids: [expect.any(String)],
    });
  });

  test('that had come to rest on an assertion lifts nothing by itself, and its decision says so', () => {
    const journal = new Journal();
    const said = { decisive_assurance: 'asserted' } as const;
    journal.add(policyEntry(), alertEntry('a'), alertEntry('a', { ...withdrawn, ...said }));
    expect(journal.commands.map((one) => one.action)).toEqual(['revoke_token']);
    expect(journal.decisions.at(-1)).toMatchObject({
      withheld_reason: 'alert_withdrawn',
      withheld_reasons: ['alert_withdrawn', 'claim_only_asserted'],
    });
    // It is still held for that alert, so a proven withdrawal gives it back.
    journal.add(alertEntry('a', { ...withdrawn, revision: 3 }));
    expect(journal.commands.at(-1)?.action).toBe('restore');
  });

  test('is restored although its rule was removed', () => {
    const journal = new Journal();
    journal.add(
      policyEntry(),
      alertEntry('a'),
      policyEntry({ rules: [], seq: 2 }),
      alertEntry('a', withdrawn),
    );
    expect(journal.commands.at(-1)?.action).toBe('restore');
  });

  test('restores not what has lapsed by itself, but the step-up that it left behind', () => {
    const journal = new Journal();
    journal.add(
      policyEntry(),
      alertEntry('a'),
      alertEntry('a', { ...withdrawn, detected_at: at(HOUR_MS) }),
    );
    const [revoke, stepUp, restore, ...more] = journal.commands;
    expect([revoke?.action, stepUp?.action, restore?.restores, more]).toEqual([
      'revoke_token',
      'require_step_up',
      stepUp?.command_id,
      [],
    ]);
  });

  test('may be contained again, by a command that receivers do not take for a repeat', () => {
    const journal = new Journal();
    journal.add(policyEntry(), alertEntry('a'), alertEntry('a', withdrawn));
    journal.add(alertEntry('a', { revision: 3, detected_at: at(2 * MINUTE_MS) }));
    const [first, restore, again] = journal.commands;
    expect([first?.action, restore?.action, again?.action]).toEqual([
      'revoke_token',
      'restore',
      'revoke_token',
    ]);
    expect(again?.command_id).not.toBe(first?.command_id);
  });
});

describe('policy', () => {
  test('alerts wait for the first policy and are decided in order', () => {
    const journal = new Journal();
    journal.add(alertEntry('a'), alertEntry('b'));
    expect(journal.outputs).toEqual([]);
    journal.add(policyEntry());
    expect(journal.commands.map((c) => c.target.agent_uid)).toEqual(['agent-a', 'agent-b']);
  });

  test('a repeat cannot bring an older policy back', () => {
    const journal = new Journal();
    journal.add(
      policyEntry({ rules: [{ mode: 'shadow' }], seq: 2 }),
      policyEntry({ seq: 1 }),
      alertEntry('a'),
    );
    expect(journal.decisions[0]).toMatchObject({
      withheld_reason: 'rule_in_shadow',
      policy_version: 'p2',
    });
  });
});

describe('receipts', () => {
  function stateAfter(...states: readonly Parameters<typeof receiptEntry>[1][]): string {
    const journal = new Journal();
    const receivers = [
      { id: 'gateway', kind: 'http' },
      { id: 'idp', kind: 'http' },
      { id: 'siem', kind: 'http', required: false },
    ];
    journal.add(registryEntry({ receivers }), policyEntry(), alertEntry('a'));
    const [command] = journal.commands;
    if (!command) throw new Error('A command was expected.');
    journal.add(...states.map((state) => receiptEntry(command, state)));
    const issued = issuedCommand(journal.transaction, command.command_id);
    const facts = { issuance: undefined, nowMs: Date.parse(START) };
    return issued ? containmentView(issued, facts).state : 'forgotten';
  }

  test('applied is said only when every required receiver applied it', () => {
    const applied = (receiver: string) => ({ receiver, state: 'applied' as const });
    expect(stateAfter()).toBe('issued');
    expect(stateAfter({ receiver: 'idp', state: 'accepted' })).toBe('accepted');
    expect(stateAfter(applied('gateway'))).toBe('partly_applied');
    expect(stateAfter(applied('gateway'), applied('siem'))).toBe('partly_applied');
    expect(stateAfter(applied('gateway'), applied('stranger'))).toBe('partly_applied');
    expect(stateAfter(applied('gateway'), applied('idp'))).toBe('applied_re_mintable');
    expect(
      stateAfter(applied('gateway'), applied('idp'), { receiver: 'idp', state: 'failed' }),
    ).toBe('partly_applied');
    expect(stateAfter({ receiver: 'idp', state: 'unsupported' })).toBe('failed');
    expect(stateAfter(applied('gateway'), { ...applied('idp'), usable_until: at(MINUTE_MS) })).toBe(
      'applied_usable_until',
    );
  });
});

test('state is forgotten when it has expired', () => {
  const journal = new Journal();
  // A signal gives way to nothing; what takes access away would leave a step-up behind.
  journal.add(policyEntry({ rules: [{ actions: [{ action: 'signal_risk', level: 'agent' }] }] }));
  for (let n = 0; n < 20; n++) journal.add(alertEntry(`x${n}`));
  const commandKeys = () =>
    [...journal.transaction.entries.keys()].filter((key) =>
      /^(command|open|alert|queue:\d)\|/.test(key),
    );
  expect(commandKeys().length).toBe(80);
  for (const [seq, ms] of [1, 2].entries()) {
    journal.add({ kind: 'watermark', watermark: { seq: seq + 1, time: at(HOUR_MS + ms) } });
  }
  expect(commandKeys()).toEqual([]);
});

test('the same journal gives the same bytes, and an intact chain', () => {
  const run = () => {
    const journal = new Journal();
    journal.add(policyEntry({ limits: { subjects: 3 } }));
    for (const name of ['a', 'b', 'c', 'd'])
      journal.add(alertEntry(name), alertEntry(name, { revision: 2 }));
    journal.add(alertEntry('b', { revision: 3, state: 'withdrawn' }));
    return journal;
  };
  const journal = run();
  expect(JSON.stringify(journal.outputs)).toBe(JSON.stringify(run().outputs));
  expect(verifyDecisions(journal.decisions, sha256)).toEqual([]);
  expect(journal.decisions).toHaveLength(9);
});
