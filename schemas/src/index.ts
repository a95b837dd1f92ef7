/** The only barrel of the repository. */
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
} from './alerts/alert.ts';
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
} from './alerts/policy-combination.ts';
export {
  awaitsOthers,
  BUDGET_COUNTS,
  BUDGETS,
  type Decision,
  decision as decisionSchema,
  KNOWN_WITHHELD_REASONS,
  RULE_MODES,
} from './commands/decision.ts';
export {
  LEASE_ROLES,
  type LeaseRecord,
  type LeaseRole,
  leaseRecord as leaseRecordSchema,
} from './commands/lease.ts';
export {
  ACT_TOPIC,
  AGREE_WITHIN_MS,
  OPERATOR_ACTS,
  type OperatorAct,
  operatorAct as operatorActSchema,
  type SignedOperatorAct,
} from './commands/operator-act.ts';
export {
  type ProbeAnswer,
  RECEIPT_STATES,
  type Receipt,
  receipt as receiptSchema,
} from './commands/receipt.ts';
export {
  DRAINS,
  type RevocationCommand,
  revocationCommand as revocationCommandSchema,
  waitsForResume,
} from './commands/revocation-command.ts';
export type { WhyUntied } from './commands/target.ts';
export {
  TARGET_LEVEL_NAMES,
  TARGET_LEVELS,
  TARGET_PARAMETERS,
  type TargetLevel,
  type TargetParameter,
  type TargetParameters,
  targetOfParameters,
  targetParameters,
  targetProblems,
} from './commands/target.ts';
export {
  CLASSIFICATIONS,
  type Classification,
  RULE_ACTS,
  type RuleProposal,
  type SuppressionScope,
  suppressionScope as suppressionScopeSchema,
  TRIAGE_ACT_TOPIC,
  TRIAGE_ALERTS_MAX,
  TRIAGE_STATES,
  type TriageAct,
  type TriageChange,
  type TriageRecord,
  type TriageState,
  type Tuning,
  triageAct as triageActSchema,
  triageChange as triageChangeSchema,
  triageRecord as triageRecordSchema,
} from './commands/triage.ts';
export * from './crypto/canonical-json.ts';
export * from './crypto/derived-id.ts';
export * from './crypto/headers.ts';
export * from './crypto/jws.ts';
export * from './crypto/key-file.ts';
export * from './crypto/key-file-store.ts';
export * from './crypto/mac.ts';
export {
  PRINT_LENGTH,
  shortPrint,
} from './crypto/short-print.ts';
export {
  type Assurance,
  type AuditEvent,
  assuranceAtLeast,
  auditEvent as auditEventSchema,
  CLAIMS,
  type Claim,
  type Effect,
  eachClaim,
} from './events/audit-event.ts';
export {
  type BaselineControl,
  type BaselinePartial,
  type BaselineSnapshot,
  baselineControl as baselineControlSchema,
  baselinePartial as baselinePartialSchema,
  baselineSnapshot as baselineSnapshotSchema,
} from './events/baseline-records.ts';
export * from './events/cloud-event.ts';
export {
  delegationKey,
  hasRootKey,
  type InputEvent,
  inputEvent as inputEventSchema,
  joinedKey,
  REQUEST_LENGTH_MAX,
  ROOT_KEY_KINDS,
  type RootKey,
  type RootKeyKind,
  rootKeysOf,
  strongestKey,
} from './events/input-event.ts';
export type { LineageFact, LineageInDecision, WouldBreak } from './events/lineage.ts';
export {
  EXERCISE_STATES,
  type ExerciseState,
  type NotedValue,
  type PrivilegeStep,
  privilegeStep as privilegeStepSchema,
  type StepWords,
} from './events/privilege-step.ts';
export { ALERT_SOURCES_MAX, allSources, sourceNameOf } from './events/telemetry-source.ts';
export { type ExtractedValues, extractValues } from './fingerprint/extract-values.ts';
export * from './fingerprint/fingerprint.ts';
export {
  EXTRACTION_LIMITS,
  type ExtractionLimits,
  type FoundValue,
  fingerprintDomain,
  VALUE_KINDS,
  type ValueKind,
} from './fingerprint/fingerprint.ts';
export { asLatin } from './fingerprint/fold-text.ts';
export { canonicalCredential } from './fingerprint/secret.ts';
export { canonicalUrl } from './fingerprint/url.ts';
export {
  CONTRACT_NAMES,
  type ContractName,
  type JsonSchema,
  jsonSchemaOf,
  schemaId,
} from './json/json-schema.ts';
export * from './json/validators.ts';
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
} from './policy/class-table.ts';
export {
  CLASS_LADDER,
  CLASS_TRIGGERS,
  durationMs,
  LINKING_KINDS,
  type Policy,
  policy as policySchema,
  type Rule,
  selects,
} from './policy/policy.ts';
export {
  type CombinationExample,
  combinationExample as combinationExampleSchema,
  type ExampleCall,
} from './policy/policy-example.ts';
export {
  CONTROL_KINDS,
  type ControlRecord,
  controlRecord as controlRecordSchema,
  type EnforcementNotice,
  enforcementNotice as enforcementNoticeSchema,
  type VerdictControl,
  verdictControl as verdictControlSchema,
  type Watermark,
  watermark as watermarkSchema,
} from './records/control-record.ts';
export {
  type HubTimes,
  LINK_CALLS_MAX,
  LINK_EDGES_MAX,
  type LinkEdge,
  OBSERVATION_WAYS,
  type ObservationWay,
  type PrivilegeLink,
  privilegeLink as privilegeLinkSchema,
  UNREPORTED_AGENTS_MAX,
  type UnreportedCalls,
  type ValueFlow,
  valueFlow as valueFlowSchema,
} from './records/cross-agent-records.ts';
export {
  type Delivery,
  type JournalEntry,
  journalEntry as journalEntrySchema,
  type ObservedCall,
  type Silence,
  type TaskEnd,
  type Unanswered,
} from './records/journal-entry.ts';
export * from './records/topics.ts';
export {
  type CatalogueEntry,
  type CatalogueFile,
  catalogueFile as catalogueFileSchema,
} from './registry/catalogue-file.ts';
export { isToolElsewhere, sameName, standsIn } from './registry/decoy-name.ts';
export {
  type Receiver,
  type Registry,
  type RegistryAgent,
  registry as registrySchema,
  type ToolEntry,
} from './registry/registry.ts';
export {
  didYouMean,
  nearest,
  requiredKeys,
  sayIssue,
  schemaAt,
} from './validation-words/say-issue.ts';
export {
  BLACKOUT_WORDS,
  blackoutAt,
  blackoutEndsAt,
  parseBlackout,
} from './vocabulary/blackout-window.ts';
export { type CalledTool, calledTool, comparable, namedTool } from './vocabulary/called-tool.ts';
export * from './vocabulary/capability.ts';
export * from './vocabulary/event-vocabulary.ts';
export * from './vocabulary/log-time.ts';
export { isInSlot, slotEndMs } from './vocabulary/schedule-slot.ts';
export { SEVERITIES, type Severity, severityAtLeast } from './vocabulary/severity.ts';
export * from './vocabulary/text-limits.ts';
