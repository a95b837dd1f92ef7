import {
  type Alert,
  type AlertEvidence,
  alertId,
  allSources,
  incidentId,
} from '@waywarden/schemas';
import { DETECTOR_VERSION } from '../../../domain/detector-version.ts';
import {
  SUMMARY_NAME_LENGTH_MAX,
  shortAgentName,
  shorten,
  TITLE_NAME_LENGTH_MAX,
} from '../../../domain/short-text.ts';
import { qualifiedTool } from '../../../state/agent/joined-names.ts';
import type { ChainStep } from '../model/chain-step.ts';
import { stepAssurance } from '../proof/proof-assurance.ts';

export const displayName = (uid: string) => shorten(shortAgentName(uid), SUMMARY_NAME_LENGTH_MAX);
export const titleName = (uid: string) => shorten(shortAgentName(uid), TITLE_NAME_LENGTH_MAX);
export const stepAgentName = ({ wire }: ChainStep) => displayName(wire.agent_uid);
export const stepToolName = ({ wire }: ChainStep) =>
  shorten(wire.tool?.name ?? wire.activity, SUMMARY_NAME_LENGTH_MAX);

type Made =
  | 'alert_id'
  | 'revision'
  | 'state'
  | 'incident_id'
  | 'tenant_id'
  | 'confidence'
  | 'first_event_time'
  | 'last_event_time'
  | 'first_detected_at'
  | 'detector_version'
  | 'sources';

interface AlertOf {
  readonly tenant: string;
  readonly alertKey: string;
  readonly incident: string;
  readonly times: readonly string[];
  readonly sources?: readonly (string | undefined)[];
}

export function newAlert(
  { tenant, alertKey, incident, times, sources: reportedBy }: AlertOf,
  fields: Omit<Alert, Made>,
): Alert {
  const [first = fields.detected_at, ...others] = times.toSorted();
  const { kind, rule_id: ruleId } = fields;
  const sources = reportedBy && allSources(reportedBy);
  return {
    ...fields,
    alert_id: alertId({ tenantId: tenant, kind, ruleId, alertKey }),
    revision: 1,
    state: 'open',
    incident_id: incidentId(tenant, incident),
    tenant_id: tenant,
    confidence: null,
    first_event_time: first,
    last_event_time: others.at(-1) ?? first,
    first_detected_at: fields.detected_at,
    detector_version: DETECTOR_VERSION,
    ...(sources === undefined ? {} : { sources: [...sources] }),
  };
}

export function callEvidence(event: ChainStep, role: string, capability?: string): AlertEvidence {
  return {
    event_id: event.wire.event_id,
    ...(event.wire.native_id === undefined ? {} : { native_id: event.wire.native_id }),
    agent_uid: event.wire.agent_uid,
    role,
    ...(capability === undefined ? {} : { capability }),
    assurance: stepAssurance(event),
  };
}

export function stepSubject({ wire }: ChainStep): Alert['subject'] {
  return {
    agent_uid: wire.agent_uid,
    ...(wire.instance_uid === undefined ? {} : { instance_uid: wire.instance_uid }),
    chain_id: wire.chain_id,
    ...(wire.task_id === undefined ? {} : { task_id: wire.task_id }),
    ...(wire.credential_uid === undefined ? {} : { credential_uid: wire.credential_uid }),
    ...(wire.workflow === undefined ? {} : { workflow: wire.workflow }),
    ...(wire.tool === undefined ? {} : { tool: qualifiedTool(wire.tool) }),
  };
}
