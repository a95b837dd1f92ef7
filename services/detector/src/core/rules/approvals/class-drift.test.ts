/** Guarantees: an effect that its class needs a person for is told where none approved it. */
import { describe, expect, it } from 'vitest';
import { event } from '../../testing/event-builder.ts';
import { alerts, publishPolicy, registry, send, world } from '../../testing/registry-world.ts';

describe('class drift', () => {
  const assistant = () => world(registry({ class: 'assistive' }));
  const approval = { mode: 'human' as const, by: 'ana' };

  it('an assistant that has an effect without approval fires on the first one', () => {
    const [alert] = alerts(assistant(), send(1));
    expect(alert).toMatchObject({
      kind: 'class_drift',
      severity: 'high',
      subject_class: 'assistive',
    });
    expect(alert?.title).toContain('without approval');
    expect(alert?.summary).toContain('1 of its 1 effects');
  });

  it('is quiet for reads, denied calls, dry runs, drafts, approved effects and other classes', () => {
    const transaction = assistant();
    const quiet = [
      event(1),
      send(2, { outcome: 'denied' }),
      send(3, { args: { features: { dry_run: true } } }),
      send(4, { effect: 'create', target: { resource_type: 'draft' } }),
      send(5, { approval }),
    ];
    expect(quiet.flatMap((one) => alerts(transaction, one))).toEqual([]);
    expect(alerts(world(registry({ class: 'autonomous' })), send(6))).toEqual([]);
  });

  it('judges one without a class by the strictest row, as far as approvals are told', () => {
    const undecided = world(registry({ class: 'unknown' }));
    expect(alerts(undecided, send(1))).toEqual([]);
    expect(alerts(undecided, send(2, { approval }))).toEqual([]);
    const [alert] = alerts(undecided, send(3, { approval: { mode: 'none' } }));
    expect(alert).toMatchObject({ rule_id: 'class-drift', severity: 'high' });
  });

  it('an agent’s own approval is no person’s', () => {
    const own = send(1, { approval: { mode: 'human', by: 'reporter' } });
    const [alert] = alerts(assistant(), own);
    expect(alert).toMatchObject({ kind: 'class_drift', severity: 'high' });
    expect(alert?.reasons[0]?.observed).toBe('an agent’s approval and no person’s');
  });

  it('a dry run that only the caller claims hides nothing, and the alert says so', () => {
    const [alert] = alerts(assistant(), send(1, { args: { features: { dry_run_claimed: true } } }));
    expect(alert?.not_visible).toContain(
      'The call asked for a dry run; only the caller says that the tool honours that.',
    );
  });

  it('an approval that is only asserted lowers the severity and does not silence', () => {
    const one = send(1, { approval });
    const claims = { ...one.claims, approval: 'asserted' as const };
    expect(alerts(assistant(), { ...one, claims })).toMatchObject([
      { kind: 'class_drift', severity: 'low' },
    ]);
  });

  it('the policy decides which classes need approval for every effect, by environment', () => {
    const transaction = world(registry());
    publishPolicy(transaction, {
      version: 1,
      classes: { autonomous: { environments: { prod: { approval_for: 'effects' } } } },
    });
    expect(alerts(transaction, send(1, { target: { environment: 'dev' } }))).toEqual([]);
    expect(alerts(transaction, send(2, { target: { environment: 'prod' } }))).toMatchObject([
      { kind: 'class_drift' },
    ]);
  });

  it('is told low where a person approved whom nobody names', () => {
    const unnamed = send(1, { approval: { mode: 'human' } });
    const [alert] = alerts(assistant(), unnamed);
    expect(alert).toMatchObject({ severity: 'low' });
    expect(alert?.summary).toContain('with an approval by nobody named');
  });

  it('is told as tried, and less grave, where the call failed', () => {
    const [done] = alerts(assistant(), send(1));
    const [tried] = alerts(assistant(), send(1, { outcome: 'tool_error' }));
    expect(done?.title).toContain('sent something');
    expect(tried?.title).toContain('tried to send something');
    expect(tried?.summary).toContain('(failed: tool_error) with');
    expect([done?.severity, tried?.severity]).toEqual(['high', 'medium']);
  });

  it('is one alert a day with a count', () => {
    const transaction = assistant();
    const [first] = alerts(transaction, send(1));
    const [second] = alerts(transaction, send(2));
    expect(second).toMatchObject({ alert_id: first?.alert_id, count: 2, revision: 2 });
    expect(alerts(transaction, send(3))).toEqual([]);
  });
});
