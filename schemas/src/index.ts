/** The contracts, in one place: the only barrel of the repository. */
export {
  type Alert,
  type AlertEvidence,
  type AlertReason,
  alert as alertSchema,
  CONFIDENCE_BASES,
  type ConfidenceBasis,
  KNOWN_ALERT_KINDS,
  RESIDUAL_ACCESS,
  type Target,
} from './alert.ts';
export {
  type Assurance,
  type AuditEvent,
  assuranceAtLeast,
  auditEvent as auditEventSchema,
  CLAIMS,
  type Claim,
  type Effect,
  eachClaim,
} from './audit-event.ts';
export {
  type BaselineControl,
  type BaselinePartial,
  type BaselineSnapshot,
  baselineControl as baselineControlSchema,
  baselinePartial as baselinePartialSchema,
  baselineSnapshot as baselineSnapshotSchema,
} from './baseline-records.ts';
export { BLACKOUT_WORDS, blackoutAt, blackoutEndsAt, parseBlackout } from './blackout-window.ts';
export { type CalledTool, calledTool, comparable, namedTool } from './called-tool.ts';
export { CANARY_TENANT } from './canary-tenant.ts';
export * from './canonical-json.ts';
export * from './capability.ts';
export {
  type CatalogueEntry,
  type CatalogueFile,
  catalogueFile as catalogueFileSchema,
} from './catalogue-file.ts';
export {
  type ActorClass,
  APPROVAL_SCOPES,
  APPROVALS,
  type ClassPolicy,
  type ClassRow,
  CREDENTIAL_BREADTHS,
  classRow,
  isCriticalFor,
  isSensitiveFor,
  SHIPPED_CLASSES,
} from './class-table.ts';
export * from './cloud-event.ts';
export {
  CONTROL_KINDS,
  type ControlRecord,
  controlRecord as controlRecordSchema,
  type Watermark,
  watermark as watermarkSchema,
} from './control-record.ts';
export {
  type HubTimes,
  LINK_CALLS_MAX,
  LINK_EDGES_MAX,
  type LinkEdge,
  type PrivilegeLink,
  privilegeLink as privilegeLinkSchema,
  SIGHTING_WAYS,
  type SightingWay,
  UNTOLD_AGENTS_MAX,
  type UntoldCalls,
  type ValueFlow,
  valueFlow as valueFlowSchema,
} from './cross-agent-records.ts';
export {
  BUDGET_COUNTS,
  BUDGETS,
  type Decision,
  decision as decisionSchema,
  KNOWN_WITHHELD_REASONS,
  RULE_MODES,
} from './decision.ts';
export { isToolElsewhere, sameName, standsIn } from './decoy-name.ts';
export * from './derived-id.ts';
export {
  type EnforcementNotice,
  enforcementNotice as enforcementNoticeSchema,
} from './enforcement-notice.ts';
export * from './event-vocabulary.ts';
export { type ExtractedValues, extractValues } from './fingerprint/extract-values.ts';
export * from './fingerprint/fingerprint.ts';
export { asLatin } from './fingerprint/look-alikes.ts';
export { canonicalCredential } from './fingerprint/secret.ts';
export { canonicalUrl } from './fingerprint/url.ts';
export {
  EXTRACTION_LIMITS,
  type ExtractionLimits,
  type FoundValue,
  fingerprintDomain,
  VALUE_KINDS,
  type ValueKind,
} from './fingerprint/value-kind.ts';
export * from './headers.ts';
export {
  type InputEvent,
  inputEvent as inputEventSchema,
  REQUEST_LENGTH_MAX,
} from './input-event.ts';
export {
  type Delivery,
  type JournalEntry,
  journalEntry as journalEntrySchema,
  type Sighting,
  type Silence,
  type TaskEnd,
  type Unanswered,
} from './journal-entry.ts';
export {
  CONTRACT_NAMES,
  type ContractName,
  type JsonSchema,
  jsonSchemaOf,
  schemaId,
} from './json-schema.ts';
export * from './jws.ts';
export * from './key-file.ts';
export * from './key-file-store.ts';
export {
  LEASE_ROLES,
  type LeaseRecord,
  type LeaseRole,
  leaseRecord as leaseRecordSchema,
} from './lease.ts';
export type { LineageFact, LineageInDecision, WouldBreak } from './lineage.ts';
export * from './log-time.ts';
export * from './mac.ts';
export {
  ACT_TOPIC,
  OPERATOR_ACTS,
  type OperatorAct,
  operatorAct as operatorActSchema,
  type SignedOperatorAct,
} from './operator-act.ts';
export {
  CLASS_LADDER,
  CLASS_TRIGGERS,
  durationMs,
  LINKING_KINDS,
  type Policy,
  policy as policySchema,
  type Rule,
} from './policy.ts';
export {
  type ActorCondition,
  ASSEMBLY_KINDS,
  type AssemblyKind,
  type CallFact,
  type Combination,
  type CombinationStep,
  LINK_KINDS,
  type LinkKind,
  STEP_LINKS,
  type StepLink,
  stepReferences,
} from './policy-combination.ts';
export {
  type CombinationExample,
  combinationExample as combinationExampleSchema,
  type ExampleCall,
} from './policy-example.ts';
export {
  EXERCISE_STATES,
  type ExerciseState,
  type NotedValue,
  type PrivilegeStep,
  privilegeStep as privilegeStepSchema,
  type StepWords,
} from './privilege-step.ts';
export {
  type ProbeAnswer,
  RECEIPT_STATES,
  type Receipt,
  receipt as receiptSchema,
} from './receipt.ts';
export {
  type Receiver,
  type Registry,
  type RegistryAgent,
  registry as registrySchema,
  type ToolEntry,
} from './registry.ts';
export {
  DRAINS,
  type RevocationCommand,
  revocationCommand as revocationCommandSchema,
  TARGET_LEVEL_NAMES,
  TARGET_LEVELS,
  type TargetLevel,
  targetProblems,
} from './revocation-command.ts';
export {
  delegationKey,
  hasRootKey,
  joinedKey,
  ROOT_KEY_KINDS,
  type RootKey,
  type RootKeyKind,
  rootKeysOf,
  strongestKey,
} from './root-keys.ts';
export { isInSlot, slotEndMs } from './schedule-slot.ts';
export { SEVERITIES, type Severity, severityAtLeast } from './severity.ts';
export {
  longUuid,
  PRINT_LENGTH,
  SHORT_UUID_LENGTH,
  shortPrint,
  shortUuid,
} from './short-print.ts';
export { ALERT_SOURCES_MAX, allSources, sourceNameOf } from './telemetry-source.ts';
export * from './text-limits.ts';
export * from './topics.ts';
export {
  CLASSIFICATIONS,
  type Classification,
  type SuppressionScope,
  suppressionScope as suppressionScopeSchema,
  TRIAGE_ACT_TOPIC,
  TRIAGE_ALERTS_MAX,
  TRIAGE_STATES,
  type TriageAct,
  type TriageChange,
  type TriageRecord,
  type TriageState,
  triageAct as triageActSchema,
  triageChange as triageChangeSchema,
  triageRecord as triageRecordSchema,
} from './triage.ts';
export * from './validators.ts';
export {
  type VerdictControl,
  verdictControl as verdictControlSchema,
} from './verdict-control.ts';
export * from './vocabulary/index.ts';
export { waitsForResume } from './waits-for-resume.ts';
export type { WhyUntied } from './why-untied.ts';
export { didYouMean, nearest } from './wording/did-you-mean.ts';
export { sayIssue } from './wording/say-issue.ts';
export { requiredKeys, schemaAt } from './wording/schema-at.ts';
