import { readFileSync } from 'node:fs';
import type { Alert } from '@waywarden/schemas';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { buildAlert, uuidOf } from '../../testing/triage-builders.ts';
import { type Closed, UNTOUCHED } from '../triage/alert-triage.ts';
import { ocsfFinding, type Work } from './ocsf-finding.ts';

const schema = new URL(
  '../../../fixtures/ocsf-1.8.0-detection-finding.schema.json',
  import.meta.url,
);
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
const validate = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')));

const URL_OF = 'https://waywarden.acme.example/alerts/1';
const closed: Closed = {
  ...{ classification: 'false_positive', duplicateOf: null, reason: 'x', by: 'ana' },
  ...{ at: '2026-11-24T09:10:00Z', revision: 1, count: 1, severity: 'high' },
  lastEventTime: '2026-11-24T09:00:00Z',
};

const CASES: readonly (readonly [string, Partial<Alert>, Work])[] = [
  ['a new one', {}, { state: 'new', triage: UNTOUCHED }],
  [
    'one of several agents, with all it can say',
    {
      revision: 7,
      confidence: 0.93,
      hygiene: true,
      taxonomy: { attack: ['T1078', 'T1552.001'], owasp: ['ASI02'], atlas: ['AML.T0051'] },
      evidence: [
        {
          event_id: uuidOf(3),
          agent_uid: 'b',
          role: 'proof',
          capability: 'send:external',
          assurance: 'asserted',
        },
      ],
    },
    { state: 'in_progress', triage: { ...UNTOUCHED, assignee: 'ana', tags: ['q4'] } },
  ],
  ['a closed one', {}, { state: 'closed', triage: { ...UNTOUCHED, closed } }],
  ['one that was withdrawn', { state: 'withdrawn' }, { state: 'withdrawn', triage: UNTOUCHED }],
  ['one that is suppressed', { severity: 'info' }, { state: 'suppressed', triage: UNTOUCHED }],
];

const findingOf = (alert: Alert, work: Work) =>
  ocsfFinding({ id: `${alert.alert_id}.1`, alert, work, url: URL_OF });

describe('an alert as an OCSF finding', () => {
  it.each(CASES)('%s is valid by the published schema', (_, fields, work) => {
    const finding = findingOf(buildAlert(fields), work);
    expect(validate(JSON.parse(JSON.stringify(finding))) ? [] : validate.errors).toEqual([]);
  });

  it('the schema refuses what is none', () => {
    const finding = findingOf(buildAlert(), { state: 'new', triage: UNTOUCHED });
    expect(validate({ ...finding, bogus: 1 })).toBe(false);
    expect(validate({ ...finding, severity_id: 'high' })).toBe(false);
  });

  it('says by its status what people did', () => {
    const of = (work: Work) => findingOf(buildAlert(), work);
    expect(of({ state: 'closed', triage: { ...UNTOUCHED, closed } })).toMatchObject({
      ...{
        status_id: 4,
        status_detail: 'false_positive',
        activity_name: 'Close',
        type_uid: 200_403,
      },
    });
    expect(of({ state: 'suppressed', triage: UNTOUCHED }).status_id).toBe(3);
  });
});
