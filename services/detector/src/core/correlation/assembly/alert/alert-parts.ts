import type { Alert, AlertEvidence } from '@waywarden/schemas';
import { qualifiedTool } from '../../../state/agent/joined-names.ts';
import type { ChainStep } from '../model/chain-step.ts';
import { stepAssurance } from '../proof/proof-assurance.ts';

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
