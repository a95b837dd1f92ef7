/** The registry file. It decides class and grants; events are evidence only. */
import { z } from 'zod';
import { effect } from '../events/audit-event.ts';
import {
  ACTOR_CLASSES,
  RESULT_TRUSTS,
  SENSITIVITIES,
  STATEMENT_LANGUAGES,
} from '../vocabulary/event-vocabulary.ts';
import { agentUid, id, name, text, timestamp } from '../vocabulary/text-limits.ts';

const SCHEDULE_MAX = 32;

const date = z.union([timestamp, z.string().regex(/^\d{4}-\d{2}-\d{2}$/)], {
  error: 'a date as 2027-04-01, or a time as 2027-04-01T09:00:00Z',
});

export const registryAgent = z.object({
  uid: agentUid,
  class: z.enum(ACTOR_CLASSES).default('unknown'),
  role: name.optional(),
  plane: z.enum(['retrieval', 'reasoning', 'execution']).optional(),
  owner: z.object({ person: id.optional(), team: id.optional() }).optional(),
  grants: z.array(name).optional(),
  profile: z
    .object({
      tools: z.array(name).optional(),
      environments: z.array(name).optional(),
      sensitivity_max: z.enum(SENSITIVITIES).optional(),
      destinations: z.array(name).optional(),
      schedule: z.array(text).max(SCHEDULE_MAX).optional(),
    })
    .optional(),
  workflows: z.array(name).optional(),
  criticality: z.enum(['low', 'normal', 'high', 'critical']).default('normal'),
  blackout: z.array(text).optional(),
  never_revoke: z.boolean().default(false),
  monitoring: z
    .object({ sources: z.array(id).optional(), heartbeat_s: z.number().positive().optional() })
    .optional(),
  risk_review: z
    .object({
      by: id,
      at: date,
      /** Its first moment, UTC. */
      expires: date,
      /** Left out: what the registry said then. */
      reviewed: z
        .object({
          class: z.enum(ACTOR_CLASSES).optional(),
          grants: z.array(name).optional(),
          tools: z.array(name).optional(),
        })
        .optional(),
    })
    .optional(),
  state: z.enum(['proposed', 'reviewed', 'live', 'suspended', 'retired']).default('live'),
});
export type RegistryAgent = z.infer<typeof registryAgent>;

export const toolEntry = z.object({
  match: z.object({ server: name.optional(), tool: name }),
  capabilities: z.array(
    z.object({
      symbol: name,
      unless: z.object({ arg: name, domain: name }).optional(),
      when: z.object({ arg: name, is: z.array(name).min(1).max(64).optional() }).optional(),
    }),
  ),
  effect: effect.optional(),
  statement: z.object({ language: z.enum(STATEMENT_LANGUAGES), arg: name }).optional(),
  result_trust: z.enum(RESULT_TRUSTS).optional(),
  target: z
    .object({ arg: name.optional(), resource_type: name.optional(), system: name.optional() })
    .optional(),
  sensitivity: z.enum(SENSITIVITIES).optional(),
  dry_run: name.optional(),
  state: z.enum(['proposed', 'live']).optional(),
});
export type ToolEntry = z.infer<typeof toolEntry>;

const envelope = z.object({
  capabilities: z.array(name).optional(),
  targets: z.array(name).optional(),
  sensitivity_max: z.enum(SENSITIVITIES).optional(),
  destinations: z.array(name).optional(),
  environments: z.array(name).optional(),
  deadline: name.optional(),
  provenance: z.record(name, z.array(name)).optional(),
  volume: z.object({ calls: z.number().int().positive().optional() }).optional(),
});

export const workflow = z.object({
  name,
  owner: z.object({ person: id.optional(), team: id.optional() }).optional(),
  envelope: envelope.optional(),
  approvals: z
    .array(
      z.object({
        combination: name,
        roles: z.array(name).optional(),
        envelope: envelope.optional(),
        by: id,
        reason: text,
        from: date,
        expires: date,
      }),
    )
    .optional(),
  mediates: z.array(name).optional(),
  orchestrators: z.array(agentUid).optional(),
  handoffs: z.array(z.object({ from: name, to: name, type: name })).optional(),
});

export const receiver = z.object({
  id,
  kind: z.enum(['kafka', 'http', 'ssf_push', 'ssf_poll']),
  subjects: z.array(name).default(['*']),
  required: z.boolean().default(true),
  issuer: z.boolean().default(false),
  rate_per_second: z.number().positive().max(100_000).optional(),
  probes: z.boolean().optional(),
  key: z.record(name, z.unknown()).optional(),
});
export type Receiver = z.infer<typeof receiver>;

export const operator = z.object({
  uid: id,
  key: z.record(name, z.unknown()),
});

export const registry = z
  .object({
    version: z.literal(1),
    agents: z.array(registryAgent).default([]),
    principals: z.array(z.object({ uid: id, grants: z.array(name).optional() })).default([]),
    tools: z.array(toolEntry).default([]),
    workflows: z.array(workflow).default([]),
    scope_map: z.record(name, z.array(name)).default({}),
    decoys: z
      .array(
        z.object({
          tool: z.object({ server: name.optional(), name }).optional(),
          resource_id: id.optional(),
          credential_uid: id.optional(),
        }),
      )
      .default([]),
    receivers: z.array(receiver).default([]),
    operators: z.array(operator).optional(),
  })
  .superRefine((value, context) => {
    const uids = value.agents.map((a) => a.uid);
    for (const [at, uid] of uids.entries()) {
      if (uids.indexOf(uid) !== at) {
        context.addIssue({
          code: 'custom',
          path: ['agents', at, 'uid'],
          message: `${uid} is given twice`,
        });
      }
    }
  });
export type Registry = z.infer<typeof registry>;
