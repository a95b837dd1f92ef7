/** What decides is who acted and what names the work; what an event doesn't claim holds nothing back. */
import type { AuditEvent } from '@waywarden/schemas';
import { expect, it } from 'vitest';
import { raise } from '../alerting/life-cycle.ts';
import { event } from '../testing/event-builder.ts';
import { MapTransaction } from '../testing/map-draft.ts';
import { decisiveAssurance } from './decisive-assurance.ts';

const { task: _, ...WITHOUT_TASK } = event(1);
const UNCLAIMED: AuditEvent['claims'] = {
  ...event(1).claims,
  ...({ task: 'unresolved', trace: 'unresolved', conversation: 'unresolved' } as const),
};
const agent = (assurance: 'authenticated' | 'asserted') => ({ uid: 'reporter', assurance });

/** By what names the work: how far it is believed, and what the alert says that nothing proves. */
function believed(over: Partial<AuditEvent>) {
  const one: AuditEvent = { ...WITHOUT_TASK, claims: UNCLAIMED, ...over };
  const alarm = {
    ...({ kind: 'outside_profile', severity: 'high', ruleId: 'r', dedupeKey: 'k' } as const),
    ...{ title: 'T', summary: 'S.', evidence: [], notVisible: [], taxonomy: {} },
  };
  const score = { feature: 'x', points: 1, weight: 1, reasons: () => [], alarm };
  const of = {
    policyVersion: 'p',
    registered: undefined,
    isUnregistered: false,
    now: one.event_time,
  };
  const unproven = raise(new MapTransaction(), one, score, of)[0]?.not_visible.filter((text) =>
    text.includes('nothing proves'),
  );
  return [decisiveAssurance(one), unproven];
}

const says = (what: string) => [`${what} nothing proves: its own telemetry says so.`];
const claims = (over: Partial<AuditEvent['claims']>) => ({ claims: { ...UNCLAIMED, ...over } });

it('is that of the agent where nothing names the work', () => {
  expect(believed({})).toEqual(['authenticated', []]);
  expect(believed({ agent: agent('asserted') })).toEqual(['asserted', says('Who did this')]);
});

it('is the weakest of the agent and of what names the work', () => {
  const trace = { trace_id: 'trace-1' };
  expect(believed({ ...trace, ...claims({ trace: 'authenticated' }) })).toEqual([
    'authenticated',
    [],
  ]);
  const asserted = { ...trace, ...claims({ trace: 'asserted' }) };
  expect(believed(asserted)).toEqual(['asserted', says('In which task it did this')]);
  expect(believed({ ...asserted, agent: agent('asserted') })).toEqual([
    'asserted',
    says('Who did this, and in which task,'),
  ]);
  const conversation = { conversation_id: 'talk', ...claims({ conversation: 'authenticated' }) };
  expect(believed(conversation)).toEqual(['authenticated', []]);
});

it('is that of the task which an order would name, whatever proves the trace', () => {
  const both = { task: { id: 'task-1' }, trace_id: 'trace-1' };
  expect(believed({ ...both, ...claims({ task: 'asserted', trace: 'authenticated' }) })).toEqual([
    'asserted',
    says('In which task it did this'),
  ]);
});
