/** Guarantee: every field is one of the published schema, of its type and with a value that it allows. */
import { EcsFlat } from '@elastic/ecs';
import type { Alert } from '@waywarden/schemas';
import { describe, expect, it } from 'vitest';
import { buildAlert, uuidOf } from '../../testing/triage-builders.ts';
import { UNTOUCHED } from '../triage/alert-triage.ts';
import { ecsAlert } from './ecs-alert.ts';
import type { Work } from './ocsf-finding.ts';

interface Field {
  readonly type: string;
  readonly normalize: readonly string[];
  readonly allowed_values?: readonly { readonly name: string }[];
}
const FIELDS = EcsFlat as unknown as Readonly<Record<string, Field>>;
const NUMBERS = new Set(['long', 'float', 'scaled_float']);

function problemsAt(path: string, value: unknown): readonly string[] {
  const field = FIELDS[path];
  if (field === undefined || field.type === 'object') {
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isMap) return [`${path} is no field`];
    if (field?.type === 'object') {
      const flat = Object.values(value).every((one) => typeof one === 'string');
      return flat ? [] : [`${path} holds more than text`];
    }
    return Object.entries(value).flatMap(([key, one]) =>
      problemsAt(path === '' ? key : `${path}.${key}`, one),
    );
  }
  const isList = field.normalize.includes('array');
  if (isList !== Array.isArray(value)) return [`${path} is ${isList ? 'a list' : 'no list'}`];
  const allowed = field.allowed_values?.map(({ name }) => name);
  return [value].flat().flatMap((one) => {
    if (typeof one !== (NUMBERS.has(field.type) ? 'number' : 'string'))
      return [`${path} is no ${field.type}`];
    return allowed === undefined || allowed.includes(String(one))
      ? []
      : [`${path}: ${String(one)}`];
  });
}

const work = { state: 'new', triage: UNTOUCHED } as const;

const documentOf = (alert: Alert, of: Work) => {
  const id = `${alert.alert_id}.${alert.revision}`;
  return ecsAlert({ id, alert, work: of, url: 'https://waywarden.acme.example/alerts/1' });
};

describe('an alert as an ECS document', () => {
  it.each([
    ['a new one', buildAlert(), work],
    [
      'one of several agents, with all it can say',
      buildAlert({
        revision: 7,
        subject: { agent_uid: 'a', task_id: 't', workflow: 'w', tool: 'x' },
        taxonomy: { attack: ['T1078'], owasp: ['ASI02'], atlas: ['AML.T0051'] },
        evidence: [{ event_id: uuidOf(3), agent_uid: 'b', role: 'proof', assurance: 'asserted' }],
      }),
      { state: 'in_progress', triage: { ...UNTOUCHED, assignee: 'ana', tags: ['q4'] } },
    ],
  ] as const)('%s has fields of the published schema only', (_, alert, of) => {
    expect(problemsAt('', documentOf(alert, of))).toEqual([]);
  });

  it('the check refuses what is no field, no list, or no value of it', () => {
    const document = documentOf(buildAlert(), work);
    expect(problemsAt('', { ...document, bogus: 1 })).toEqual(['bogus is no field']);
    expect(problemsAt('', { event: { category: 'threat' } })).toHaveLength(1);
    expect(problemsAt('', { event: { kind: 'wrong' } })).toEqual(['event.kind: wrong']);
  });

  it('bears one id a revision, and the classification that people gave', () => {
    const triage = { ...UNTOUCHED, assignee: 'ana' };
    const document = documentOf(buildAlert({ revision: 2 }), { state: 'closed', triage });
    expect(document.event.id).toBe(`${uuidOf(1)}.2`);
    expect(document.labels).toMatchObject({ state: 'closed', assignee: 'ana' });
  });
});
