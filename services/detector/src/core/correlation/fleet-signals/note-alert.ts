import {
  type Alert,
  ASSURANCES,
  type Assurance,
  type PrivilegeStep,
  type Severity,
} from '@waywarden/schemas';
import type { Transaction } from '@waywarden/stage';
import { EVIDENCE_MAX } from '../../alerting/alarm.ts';
import { newAlert } from '../../alerting/standing-alert.ts';
import { shorten, TITLE_LENGTH_MAX } from '../../domain/short-text.ts';

/** Counts a note; `at`: the stage's time, or the note's if later. */
export type NoteCounter = (
  transaction: Transaction,
  step: PrivilegeStep,
  at: string,
) => Alert | undefined;

interface NoteWords {
  readonly title: string;
  readonly summary: string;
  readonly expected: string;
  readonly observed: string;
  readonly notVisible: readonly string[];
}

export interface NoteFinding extends NoteWords {
  readonly kind: string;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly alertKey: string;
  readonly causeKey: string;
  readonly subject: PrivilegeStep;
  readonly evidence: readonly (readonly [step: PrivilegeStep, role: string])[];
  readonly count: number;
  readonly taxonomy: Alert['taxonomy'];
  readonly detectedAt: string;
  /** Left out: the count. */
  readonly score?: number;
  /** Left out: shipped. */
  readonly threshold?: 'static' | 'learned' | 'operator';
}

export function noteAssurance(step: PrivilegeStep): Assurance {
  const { task, conversation } = step.claims;
  const claims = [step.agent_assurance, step.task_id === undefined ? conversation : task];
  return ASSURANCES[Math.max(...claims.map((one) => ASSURANCES.indexOf(one)))] ?? 'unresolved';
}

export function noteAlert(of: NoteFinding): Alert {
  const { subject, evidence, ruleId } = of;
  const times = evidence.map(([step]) => step.event_time);
  return newAlert(
    {
      tenant: subject.tenant_id,
      ...{ alertKey: of.alertKey, incident: of.causeKey },
      times: times.length === 0 ? [subject.event_time] : times,
    },
    {
      ...{ kind: of.kind, rule_id: ruleId, severity: of.severity, count: of.count },
      confidence_basis: of.threshold === 'learned' ? 'history' : 'rule',
      score: of.score ?? of.count,
      evaluable: true,
      subject: {
        agent_uid: subject.agent_uid,
        ...(subject.task_id === undefined ? {} : { task_id: subject.task_id }),
      },
      detected_at: of.detectedAt,
      title: shorten(of.title, TITLE_LENGTH_MAX),
      summary: of.summary,
      reasons: [
        {
          feature: ruleId,
          text: of.summary,
          expected: of.expected,
          observed: of.observed,
          threshold_source: of.threshold ?? 'static',
        },
      ],
      evidence: evidence.slice(0, EVIDENCE_MAX).map(([step, role]) => ({
        event_id: step.event_id,
        ...(step.native_id === undefined ? {} : { native_id: step.native_id }),
        agent_uid: step.agent_uid,
        role,
        ...(step.capabilities[0] && { capability: step.capabilities[0].symbol }),
        assurance: noteAssurance(step),
      })),
      not_visible: [...of.notVisible],
      taxonomy: of.taxonomy,
      policy_version: subject.policy_version,
      decisive_assurance: noteAssurance(subject),
      subject_class: 'unknown',
    },
  );
}
