/** Which registry and policy are in force, since when and from where, and which file was refused. */
export type RuleKind = 'registry' | 'policy';

export interface RefusedFile {
  /** The file is gone or can't be read, and nothing in it is wrong. */
  readonly gone?: true;
  readonly at: string;
  readonly file: string;
  readonly problems: readonly string[];
}

export interface RulesState {
  readonly version: string;
  readonly since: string;
  /** From where it came: a file, an import, or the log of an earlier run. */
  readonly from: string;
}

export type RefusedFiles = Partial<Record<RuleKind, RefusedFile>>;

/** As the status tells it. */
export interface RulesReport {
  readonly sentence: string;
  readonly registry: (RulesState & { readonly agents: number }) | null;
  readonly policy: RulesState;
  readonly refused: Readonly<RefusedFiles>;
}

const NO_REGISTRY =
  'No registry is published: who is registered, reviews, envelopes and approvals are not judged.';

export function rulesReport(
  registry: RulesReport['registry'],
  policy: RulesState,
  refusals: RefusedFiles,
): RulesReport {
  const agents = registry?.agents ?? 0;
  const refused = Object.values(refusals).map(({ file, problems, gone }) =>
    gone === true
      ? `${file} is gone or can't be read; its last version stays in force.`
      : `${file} was refused (${problems.length} problems); the rules before it stay in force.`,
  );
  const now = agents === 0 ? NO_REGISTRY : `${agents} agents are registered.`;
  return { sentence: [now, ...refused].join(' '), registry, policy, refused: refusals };
}
