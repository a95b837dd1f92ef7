/**
 * JSON Schema (2020-12) of every contract, from zod, to `schemas/json`. Says what a writer may send; what it can't
 * say, zod checks and `description` names.
 */
import { z } from 'zod';
import { alert } from '../alerts/alert.ts';
import { decision } from '../commands/decision.ts';
import { receipt } from '../commands/receipt.ts';
import { revocationCommand } from '../commands/revocation-command.ts';
import { triageRecord } from '../commands/triage.ts';
import { auditEvent } from '../events/audit-event.ts';
import { baselinePartial, baselineSnapshot } from '../events/baseline-records.ts';
import { inputEvent } from '../events/input-event.ts';
import { privilegeStep } from '../events/privilege-step.ts';
import { layMeanings, MEANINGS, type Meanings } from '../meanings/index.ts';
import { policy } from '../policy/policy.ts';
import { combinationExample } from '../policy/policy-example.ts';
import {
  controlRecord,
  enforcementNotice,
  verdictControl,
  watermark,
} from '../records/control-record.ts';
import { privilegeLink, valueFlow } from '../records/cross-agent-records.ts';
import { journalEntry } from '../records/journal-entry.ts';
import { catalogueFile } from '../registry/catalogue-file.ts';
import { registry } from '../registry/registry.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

interface Contract {
  readonly schema: z.ZodType;
  readonly title: string;
  readonly description: string;
  readonly also?: JsonSchema;
}

const TOOL_CALL_HAS_TOOL: JsonSchema = {
  if: { properties: { activity: { const: 'tool_call' } }, required: ['activity'] },
  // biome-ignore lint/suspicious/noThenProperty: `then` is JSON Schema's keyword.
  then: { properties: { tool: true }, required: ['tool'] },
};

const CONTRACTS = {
  'audit-event': {
    schema: auditEvent,
    title: 'Audit event',
    description: 'One observed action of an agent, as ingest writes it to audit.events.',
  },
  'input-event': {
    schema: inputEvent,
    title: 'Input event',
    description: 'What a source sends to ingest.',
    also: TOOL_CALL_HAS_TOOL,
  },
  alert: {
    schema: alert,
    title: 'Alert',
    description: 'One revision of what the detector concluded, with its evidence.',
  },
  decision: {
    schema: decision,
    title: 'Decision',
    description: 'A response decision: enforced, warned, shadow or withheld.',
  },
  'revocation-command': {
    schema: revocationCommand,
    title: 'Revocation command',
    description:
      'What an enforcement point must do, to exactly whom. The ids that each level requires are checked by its reader.',
  },
  'enforcement-notice': {
    schema: enforcementNotice,
    title: 'Enforcement notice',
    description: 'Whether enforcement is paused, for receivers that read commands from the log.',
  },
  receipt: {
    schema: receipt,
    title: 'Receipt',
    description: 'What one receiver says became of one command.',
  },
  registry: {
    schema: registry,
    title: 'Registry file',
    description:
      'One entry per non-human identity. An agent uid is given once (not expressed here).',
  },
  catalogue: {
    schema: catalogueFile,
    title: 'Tool catalogue file',
    description:
      'Which capabilities the calls of known tools exercise. Capability symbols are checked by `waywarden catalogue check`.',
  },
  policy: {
    schema: policy,
    title: 'Policy file',
    description:
      'Limits, links, combinations and response rules. Ids are given once, and `after` names steps of the same combination (not expressed here).',
  },
  'combination-example': {
    schema: combinationExample,
    title: 'Example of a combination',
    description:
      'Calls in short form on which a combination of the policy file must fire or stay quiet.',
  },
  'control-record': {
    schema: controlRecord,
    title: 'Control record',
    description: 'A change of policy or registry, effective at its offset.',
  },
  'verdict-control': {
    schema: verdictControl,
    title: 'Verdict control record',
    description: 'What a person found of an alert, effective at its offset.',
  },
  watermark: {
    schema: watermark,
    title: 'Watermark',
    description: 'Log time: nothing that falls due up to it may be decided later.',
  },
  'triage-record': {
    schema: triageRecord,
    title: 'Triage record',
    description: 'What a person did about alerts, signed.',
  },
  'journal-entry': {
    schema: journalEntry,
    title: 'Journal entry',
    description: 'One input of the responder.',
  },
  'privilege-step': {
    schema: privilegeStep,
    title: 'Privilege step',
    description: 'One capability-bearing call, with all that assembly decides on.',
  },
  'privilege-link': {
    schema: privilegeLink,
    title: 'Privilege link',
    description: 'A link from another chain, imported into that of its consumer.',
  },
  'value-flow': {
    schema: valueFlow,
    title: 'Value flow',
    description: 'One observation of a linking value or root key.',
  },
  'baseline-partial': {
    schema: baselinePartial,
    title: 'Baseline partial',
    description: 'A contribution to a shared baseline.',
  },
  'baseline-snapshot': {
    schema: baselineSnapshot,
    title: 'Baseline snapshot',
    description: 'What the agents of a peer group, or of a tenant, have in common.',
  },
} as const satisfies Record<string, Contract>;

export type ContractName = keyof typeof CONTRACTS;
export const CONTRACT_NAMES = Object.keys(CONTRACTS) as readonly ContractName[];

export function schemaId(name: ContractName): string {
  return `https://waywarden.dev/schemas/${name}/v1.json`;
}

const meaningsOf: Readonly<Record<string, Meanings>> = MEANINGS;

/** A new object each time. */
export function jsonSchemaOf(name: ContractName): JsonSchema {
  const { schema, title, description, also }: Contract = CONTRACTS[name];
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-2020-12',
    // `format` differs between validators.
    override: ({ jsonSchema }) => {
      delete jsonSchema.format;
    },
  });
  const plain = { $schema, $id: schemaId(name), title, description, ...rest, ...also };
  return layMeanings(plain, meaningsOf[name] ?? {});
}
