/** What the server answers about rules and sources, as types only: server and page import them. */
import type { Policy, Registry } from '@waywarden/schemas';

interface RulesVersion {
  readonly version: string;
  readonly since: string;
  /** A file, an import, the shipped policy, or the log of an earlier run. */
  readonly from: string;
}

export interface RulesPage {
  readonly as_of: string;
  readonly registry: (RulesVersion & { readonly value: Registry }) | null;
  readonly policy: RulesVersion & { readonly value: Policy };
  /** What the policy does, in plain words. */
  readonly words: readonly string[];
  /** Files that were refused, with why; the rules before them stay in force. */
  readonly refused: readonly { readonly file: string; readonly problems: readonly string[] }[];
}

export const RULE_FILES = ['registry', 'policy'] as const;
export type RuleFile = (typeof RULE_FILES)[number];

export interface RuleFinding {
  readonly level: 'error' | 'warning';
  readonly path: string;
  readonly line: number | null;
  readonly column: number | null;
  /** What stands there, and what would be right. */
  readonly value: string;
  readonly expected: string;
}

export interface CheckedRules {
  readonly kind: RuleFile;
  readonly findings: readonly RuleFinding[];
  readonly errors: number;
  readonly warnings: number;
  /** Against what is in force, a line a change; null: the text can't be read. */
  readonly changes: readonly string[] | null;
}

interface ProposalAct {
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

export interface ProposalProgress extends ProposalAct {
  readonly state: 'waits' | 'published' | 'withdrawn';
  readonly ended: ProposalAct | null;
}

/** Another registry or policy that waits for a second person, or what became of it. */
export interface ProposalRow extends ProposalProgress {
  readonly id: string;
  readonly kind: RuleFile;
  /** Of what waits: against what is in force now, and why it can't be published; null: it can. */
  readonly changes: readonly string[];
  readonly problem: string | null;
}

/** A dry run against the stored events, in a process of its own. */
export interface RulesTry {
  readonly id: string;
  readonly kind: RuleFile;
  readonly by: string;
  readonly at: string;
  readonly state: 'running' | 'done' | 'failed';
  /** What `policy test` says, or why there is nothing to say. */
  readonly lines: readonly string[];
}

export interface SourceHealth {
  readonly source: string;
  readonly state: 'whole' | 'limited' | 'events' | 'nothing' | 'silent';
  readonly since: string;
  readonly last: string | null;
  readonly calls: number;
  readonly events: number;
  readonly requests: number;
  readonly refused: number;
  /** As `waywarden doctor` says it. */
  readonly words: readonly string[];
}

export interface SourcesPage {
  readonly as_of: string;
  readonly sources: readonly SourceHealth[];
}
