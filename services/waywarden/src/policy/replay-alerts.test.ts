import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '@waywarden/event-log';
import { openLmdbLog } from '@waywarden/event-log/lmdb';
import {
  type Alert,
  combinationExampleSchema,
  HEADERS,
  type PrivilegeStep,
  type Registry,
  registrySchema,
  TOPICS,
} from '@waywarden/schemas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concludeSteps, exampleStep } from '../../../detector/src/core/stages/example-steps.ts';
import { loadPolicy } from '../runtime/rule-files.ts';
import { replayAlerts, stepsOfChains } from './replay-alerts.ts';

const policy = loadPolicy(undefined);
const COMBINATION = 'payment-release';
const folder = mkdtempSync(join(tmpdir(), 'waywarden-replay-'));
let log: EventLog;

/** The shipped example, as a chain of a registered workflow. */
function stepsOf(chain: string): readonly PrivilegeStep[] {
  const one = policy.combinations.find(({ id }) => id === COMBINATION);
  const example = combinationExampleSchema.parse(one?.examples?.fires);
  return example.steps.flatMap((call) => {
    const step = exampleStep(call);
    if (step === undefined) return [];
    const of = { chain_id: chain, workflow: 'month-end', registry_version: 'r' };
    return [{ ...step, ...of, event_id: crypto.randomUUID() }];
  });
}

function alertOf(steps: readonly PrivilegeStep[]): Alert {
  const [alert] = concludeSteps(policy, steps).filter((one) => one.rule_id === COMBINATION);
  if (alert === undefined) throw new Error('The shipped example raises an alert.');
  return alert;
}

async function store(steps: readonly PrivilegeStep[]): Promise<void> {
  await log.append(
    steps.map((step) => ({
      topic: TOPICS.privilegeSteps.name,
      key: `${step.tenant_id}|${step.chain_id}`,
      value: new TextEncoder().encode(JSON.stringify(step)),
      headers: { [HEADERS.type]: 'event' },
    })),
  );
}

function registryWith(envelope: object | undefined): Registry {
  const approval = {
    ...{ combination: COMBINATION, by: 'cfo', reason: 'month-end' },
    ...{ from: '2020-01-01', expires: '2036-01-01', envelope },
  };
  const approvals = envelope === undefined ? [] : [approval];
  return registrySchema.parse({ version: 1, workflows: [{ name: 'month-end', approvals }] });
}

beforeAll(async () => {
  log = await openLmdbLog({ path: folder, durable: false });
  await log.createTopics([{ name: TOPICS.privilegeSteps.name, partitions: 2 }]);
});

afterAll(async () => {
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('alerts decided again under another registry', () => {
  const inForce = { policy, registry: registryWith(undefined) };
  const under = (envelope: object) => ({ policy, registry: registryWith(envelope) });

  it('go where an approval covers every call of their chain, and stay where it covers some', async () => {
    const steps = stepsOf('chain-1');
    const alert = alertOf(steps);
    const capabilities = steps.flatMap((one) => one.capabilities.map(({ symbol }) => symbol));
    await store([...steps, ...stepsOf('chain-2')]);
    const replay = (envelope: object) =>
      replayAlerts(log, alert.tenant_id, [alert], { inForce, other: under(envelope) });
    const covered = await replay({ capabilities });
    expect([...covered.gone]).toEqual([alert.alert_id]);
    expect(covered.notReplayed.size).toBe(0);
    const narrow = await replay({ capabilities: capabilities.slice(1) });
    expect(narrow.gone.size).toBe(0);
  });

  it('are never said to go where their calls are stored no longer', async () => {
    const alert = alertOf(stepsOf('chain-gone'));
    const other = under({ capabilities: ['*'] });
    const { gone, notReplayed } = await replayAlerts(log, alert.tenant_id, [alert], {
      ...{ inForce, other },
    });
    expect([gone.size, [...notReplayed]]).toEqual([0, [alert.alert_id]]);
  });

  it('are read by chain, and another tenant’s chain of the same name is not', async () => {
    const tenant = stepsOf('chain-1')[0]?.tenant_id ?? '';
    expect((await stepsOfChains(log, tenant, new Set(['chain-2']))).size).toBe(1);
    expect((await stepsOfChains(log, 'other', new Set(['chain-2']))).size).toBe(0);
  });
});
