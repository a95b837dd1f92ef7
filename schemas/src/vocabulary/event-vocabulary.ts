export const SCHEMA_VERSION = '1.0';

/** Open. */
export const KNOWN_ACTIVITIES = [
  'tool_call',
  'tool_list',
  'resource_read',
  'prompt_get',
  'model_call',
  'agent_invoke',
  'delegation',
  'memory_op',
  'approval',
  'credential_issued',
  'task_start',
  'task_end',
  'config_change',
  'heartbeat',
  'identity_resolved',
] as const;

export const PHASES = ['requested', 'completed'] as const;
export const EFFECTS = [
  'read',
  'create',
  'update',
  'delete',
  'execute',
  'send',
  'grant',
  'pay',
  'configure',
  'unknown',
] as const;
/** Strongest first. */
export const ASSURANCES = [
  'attested',
  'authenticated',
  'asserted',
  'inferred',
  'unresolved',
] as const;
export const TIME_QUALITIES = ['measured', 'coarse', 'synthetic'] as const;
export const ACTOR_CLASSES = [
  'scheduled_job',
  'human_triggered',
  'assistive',
  'semi_autonomous',
  'autonomous',
  'unknown',
] as const;
export const OUTCOMES = [
  'success',
  'tool_error',
  'protocol_error',
  'denied',
  'cancelled',
  'unknown',
] as const;
/** Least first. */
export const SENSITIVITIES = [
  'public',
  'internal',
  'confidential',
  'restricted',
  'secret',
  'unknown',
] as const;
export const STATEMENT_LANGUAGES = ['sql', 'shell'] as const;
export const RESULT_TRUSTS = ['trusted', 'untrusted', 'unknown'] as const;
export const CAPABILITY_BASES = ['operator', 'catalogue', 'annotation', 'inferred'] as const;
export const APPROVAL_MODES = ['none', 'auto', 'policy', 'human', 'bypassed'] as const;

export const VALUES_MAX = 64;
export const PASSAGES_MAX = 16;
export const TOKENS_MAX = 64;
export const ITEMS_MAX = 32;
export const DELEGATION_DEPTH_MAX = 32;
export const CAPABILITIES_MAX = 16;

/** An argument's length: atom (3 words), phrase (12), text. Short values are strong evidence. */
export const ITEM_CLASSES = ['atom', 'phrase', 'text'] as const;

export type ItemClass = (typeof ITEM_CLASSES)[number];

/** Whether a passage asks (`imperative`) or only speaks (`mention`). */
export const PASSAGE_KINDS = ['imperative', 'mention'] as const;

export type PassageKind = (typeof PASSAGE_KINDS)[number];

/** Of 0 to 1; from here on it counts as planted. */
export const MARKED = 0.5;
