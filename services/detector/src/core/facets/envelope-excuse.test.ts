/** What a reviewed envelope names is no novelty inside its task, and what it does not name still is. */
import type { AuditEvent } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { MapDraft } from '../testing/map-draft.ts';
import { alerts, publish, registry } from '../testing/registry-world.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 5, 9);
const agent = { uid: 'reporter', assurance: 'authenticated' as const };
const crm: Partial<AuditEvent> = {
  agent,
  tool: { name: 'get_customer', server: 'crm' },
  target: { system: 'crm', resource_type: 'customer', resource_id: 'c-1' },
};
const task = { id: 'task-new', workflow: 'reminder' };

/** Twenty days of reading and of mails to one domain, where it mails at all. */
function worked(envelope: object, entry: object = {}, mails = false): MapDraft {
  const draft = new MapDraft();
  for (let n = 0; n < 200; n += 1) {
    const at = START_MS + Math.floor(n / 10) * DAY_MS + (n % 10) * 60_000;
    const time = new Date(at).toISOString();
    const one = mails && n % 2 === 1 ? { ...mail, args: to('known.example') } : crm;
    const id = `t-${n}`;
    const own = { event_time: time, observed_time: time, chain_id: id, task: { id } };
    alerts(draft, event(n, { ...one, ...own }));
  }
  publish(draft, registry(entry, { workflows: [{ name: 'reminder', envelope }] }), 'r2');
  return draft;
}

const to = (domain: string) => ({
  hash: 'h',
  features: { destination_domain: domain, destinations: 1 },
});
const mail: Partial<AuditEvent> = {
  agent,
  effect: 'send',
  tool: { name: 'send_email', server: 'mail' },
  target: { system: 'mail', resource_type: 'mailbox', environment: 'test' },
  capabilities: [{ symbol: 'send:external', basis: 'catalogue' }],
  args: to('new.example'),
};
const pay: Partial<AuditEvent> = {
  ...mail,
  effect: 'pay',
  tool: { name: 'pay', server: 'bank' },
  capabilities: [{ symbol: 'initiate:payment', basis: 'catalogue' }],
};

function news(draft: MapDraft, over: Partial<AuditEvent>): readonly string[] {
  const time = new Date(START_MS + 20 * DAY_MS).toISOString();
  const own = { event_time: time, observed_time: time, chain_id: 'new', task };
  const told = alerts(draft, event(9000, { ...over, ...own }));
  const isNew = ({ rule_id: id }: { rule_id: string }) => id.startsWith('first-');
  return told.filter(isNew).map(({ rule_id: id, severity }) => `${id} ${severity}`);
}

const ALL = ['first-tool medium', 'first-effect medium', 'first-target low'];

describe('the envelope of a task', () => {
  it('excuses what it names: capabilities the tool and effect, targets the target', () => {
    expect(news(worked({}), mail)).toEqual(ALL);
    expect(news(worked({ capabilities: ['send:external'] }), mail)).toEqual([ALL[2]]);
    expect(news(worked({ targets: ['mail/*'] }), mail)).toEqual(ALL.slice(0, 2));
    const both = { capabilities: ['send:*'], targets: ['mail/mailbox'] };
    expect(news(worked(both), mail)).toEqual([]);
    expect(news(worked({ capabilities: ['*'], targets: ['*'] }), mail)).toEqual(ALL);
  });

  it('excuses a counterparty by its domain, and no other', () => {
    const among = (envelope: object) => news(worked(envelope, {}, true), mail);
    expect(among({ capabilities: ['send:*'] })).toEqual(['first-counterparty low']);
    expect(among({ destinations: ['new.example'] })).toEqual([]);
    expect(among({ destinations: ['known.example'] })).toEqual(['first-counterparty low']);
  });

  it('excuses what can’t be undone where it names it in full', () => {
    const targets = ['mail'];
    expect(news(worked({ capabilities: ['initiate:payment'], targets }), pay)).toEqual([]);
    const mild = ['first-tool low', 'first-effect low'];
    expect(news(worked({ capabilities: ['initiate:*'], targets }), pay)).toEqual(mild);
  });

  it('excuses nothing of a call that it does not hold, or that is not seen to be inside', () => {
    const named = { capabilities: ['send:external'], targets: ['mail/*'] };
    expect(news(worked({ ...named, environments: ['prod'] }), mail)).toEqual(ALL);
    expect(news(worked({ ...named, sensitivity_max: 'internal' }), mail)).toEqual(ALL);
    const guessed = [{ symbol: 'send:external', basis: 'inferred' as const }];
    expect(news(worked(named), { ...mail, capabilities: guessed })).toEqual(ALL.slice(0, 2));
  });

  it('excuses nothing where the workflow is only claimed, or is not the agent’s', () => {
    const named = { capabilities: ['send:external'], targets: ['mail/*'] };
    const { claims } = event(1);
    const claimed = { ...mail, claims: { ...claims, workflow: 'asserted' as const } };
    expect(news(worked(named), claimed)).toEqual(ALL);
    expect(news(worked(named, { workflows: ['report'] }), mail)).toEqual(ALL);
    expect(news(worked(named, { uid: 'somebody-else' }), mail)).toEqual(ALL);
  });
});
