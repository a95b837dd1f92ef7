/** What is guaranteed of how alerts call an agent: nobody takes it for another because of what it says of itself. */
import { AGENT_UID_LENGTH_MAX } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { event } from '../testing/event-builder.ts';
import { ProfileWorld } from '../testing/profile-world.ts';
import { agentName } from './agent-name.ts';

const called = (uid: string, name?: string) =>
  agentName({
    agent: { uid, assurance: 'authenticated', ...(name === undefined ? {} : { name }) },
  });

describe('an agent is called', () => {
  it.each([
    ['agent/mallory', undefined, 'mallory'],
    ['agent/invoice-bot', 'Invoice Bot', 'Invoice Bot'],
    ['spiffe://acme.example/agent:payer', 'payer', 'payer'],
    ['agent/x', 'agent/x', 'agent/x'],
    [' '.repeat(AGENT_UID_LENGTH_MAX + 1), 'workload ci', 'workload ci'],
  ])('by its name where that is of its uid: %s', (uid, name, said) => {
    expect(called(uid, name)).toBe(said);
  });

  it.each([
    ['agent/mallory', 'payroll', 'mallory (calls itself “payroll”)'],
    ['agent/payroll-bot-copy', 'payroll-bot', 'payroll-bot-copy'],
    ['agent/mallory', 'x”) alice (“', "mallory (calls itself “x') alice ('”)"],
    ['agent/mallory', 'payroll-bot (approved by alice)', 'mallory (calls itself “payroll-bot…”)'],
  ])('by its uid first where it is not: %s, %s', (uid, name, said) => {
    expect(called(uid, name)).toBe(said);
    expect(said.length).toBeLessThanOrEqual(40);
  });

  it('so in every title', () => {
    const world = new ProfileWorld({
      version: 1,
      agents: [{ uid: 'agent/mallory', class: 'autonomous' }],
    });
    const [alert] = world
      .feed(
        event(1, {
          agent: { uid: 'agent/mallory', name: 'payroll-bot', assurance: 'authenticated' },
          effect: 'pay',
          capabilities: [{ symbol: 'initiate:payment', basis: 'catalogue' }],
          approval: { mode: 'none' },
        }),
      )
      .filter((one) => one.kind === 'approval_bypass');
    expect(alert?.title).toContain('mallory (calls itself “payroll-bot”) moved money');
    expect(alert?.title.length).toBeLessThanOrEqual(90);
  });
});
