/** How the console reaches rules and what was recorded; lent by whoever runs the server beside a detector. */
import type { Alert, Registry } from '@waywarden/schemas';
import type {
  CheckedRules,
  RuleFile,
  RulesPage,
  RulesTry,
  SourceHealth,
} from '../core/rules-model.ts';
import type { ApprovalChange } from '../core/triage/tuning.ts';

/** An approval without who approves and why. */
export interface ProposedApproval {
  readonly workflow: string;
  readonly approval: Omit<ApprovalChange, 'by' | 'reason'>;
  /** Whose it is to decide, as the registry names them; null: nobody. */
  readonly owner: string | null;
  /** What the calls do not say, so that the approval does not bound it. */
  readonly not_bounded: readonly string[];
}

export interface AskedApproval {
  readonly alert: Alert;
  /** All alerts of its chain, and those of them that people found false or benign. */
  readonly alerts: readonly Alert[];
  readonly cleared: ReadonlySet<string>;
}

export interface Replayed {
  /** Alerts that are not raised any more. */
  readonly gone: ReadonlySet<string>;
  /** Alerts whose stored calls do not raise them under the rules in force either. */
  readonly notReplayed: ReadonlySet<string>;
}

/** Whole files in place of those in force. */
export interface PublishPort {
  /** In force; null: none is. */
  readonly version: (kind: RuleFile) => string | null;
  /** Why none can be published here; undefined: it can. */
  readonly refusal: (kind: RuleFile) => string | undefined;
  /** Another file in place of the whole one, followed or not. Why nothing was published; undefined: it was. */
  readonly replace: (
    kind: RuleFile,
    text: string,
    from: string,
    expected: string | null,
  ) => Promise<string | undefined>;
  /** Proposed files; one that is not stored reads as undefined. */
  readonly texts: {
    readonly keep: (id: string, text: string) => void;
    readonly read: (id: string) => string | undefined;
    readonly drop: (id: string) => void;
    /** Forgets all but these. */
    readonly keepOnly: (ids: ReadonlySet<string>) => void;
  };
}

export interface RulesPort {
  readonly registry: () => Registry | undefined;
  readonly registryVersion: () => string | null;
  readonly versionOf: (registry: Registry) => string;
  /** Also into the file that is followed. Why nothing was published; undefined: it was. */
  readonly publish: (
    registry: Registry,
    from: string,
    expected: string | null,
  ) => Promise<string | undefined>;
  /** An approval of what this alert shows, or why none can be proposed. */
  readonly proposeApproval: (asked: AskedApproval) => Promise<ProposedApproval | string>;
  /** Decides the stored calls of these alerts again, with another registry. */
  readonly replay: (alerts: readonly Alert[], registry: Registry) => Promise<Replayed>;
  readonly publishing: PublishPort;
  readonly page: () => Omit<RulesPage, 'as_of'>;
  readonly check: (kind: RuleFile, text: string) => CheckedRules;
  /** Undefined: one is running already. */
  readonly begin: (kind: RuleFile, text: string, by: string) => RulesTry | undefined;
  readonly tries: () => readonly RulesTry[];
  readonly sources: () => readonly SourceHealth[];
}
