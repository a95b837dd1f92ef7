/**
 * Registry and policy of a running installation. A change is a signed record in every partition, so it takes effect at
 * one place of the log. A file with errors changes nothing, which the status tells.
 */
import { contentVersion, publishedRules } from '@waywarden/responder';
import type { Policy, Registry } from '@waywarden/schemas';
import type { Logger } from 'pino';
import { UsageError } from '../input/command-output.ts';
import { type AccountOperators, withAccounts, withoutAccounts } from './account-operators.ts';
import { amendFile, replaceFile } from './amend-file.ts';
import type { Pipeline } from './pipeline.ts';
import {
  checkRegistry,
  checkRegistryOf,
  lintPolicyFile,
  loadPolicy,
  ownerOfPolicy,
  policyOf,
  problemLine,
} from './rule-files.ts';
import {
  type RefusedFiles,
  type RuleKind,
  type RulesReport,
  type RulesState,
  rulesReport,
} from './rules-report.ts';
import { watchFile } from './watch-file.ts';

export interface LiveRulesParts {
  readonly pipeline: Pipeline;
  readonly tenant: string;
  readonly logger: Logger;
  readonly now: () => string;
  /** Accounts that sign, as the registry names people. */
  readonly operators?: () => AccountOperators;
}

export interface StartingRules {
  readonly registry: Registry | undefined;
  readonly policy: Policy;
  readonly files: Readonly<Partial<Record<RuleKind, string>>>;
}

/** A rule that can never act is no reason to watch nothing. */
function warnOfPolicy(file: string, logger: Logger): void {
  for (const { level, ...problem } of lintPolicyFile(file)) {
    logger[level === 'error' ? 'error' : 'warn']({ file }, problemLine(problem));
  }
}

export class LiveRules {
  readonly #parts: LiveRulesParts;
  #registry: { readonly value: Registry; readonly state: RulesState } | undefined;
  /** What people wrote, without the accounts that are added to it. */
  #written: Registry | undefined;
  #policy: { readonly value: Policy; readonly state: RulesState };
  #refused: RefusedFiles = {};
  #changes: Promise<unknown> = Promise.resolve();
  #onRegistry: () => void = () => undefined;
  #watching: (() => void)[] = [];
  readonly #files: StartingRules['files'];

  private constructor(
    parts: LiveRulesParts,
    policy: { value: Policy; state: RulesState },
    files: StartingRules['files'],
  ) {
    this.#parts = parts;
    this.#files = files;
    this.#policy = policy;
  }

  /** Publishes what was given; a registry that nobody gives is the last one published. */
  static async start(parts: LiveRulesParts, rules: StartingRules): Promise<LiveRules> {
    const { pipeline, tenant, now, operators = () => [] } = parts;
    const given = withAccounts(rules.registry, rules.registry === undefined ? [] : operators());
    if (rules.files.policy !== undefined) warnOfPolicy(rules.files.policy, parts.logger);
    await pipeline.publish(tenant, given, rules.policy);
    const state = (version: string, from: string) => ({ version, since: now(), from });
    const { policy, files } = rules;
    const inForce = state(contentVersion(policy), files.policy ?? ownerOfPolicy(policy));
    const live = new LiveRules(parts, { value: policy, state: inForce }, files);
    live.#written = rules.registry;
    if (given === undefined) {
      const of = { tenantId: tenant, kind: 'registry' as const };
      const before = await publishedRules(pipeline.log, of, pipeline.keys.registryRing);
      if (before !== undefined) {
        live.#registry = { value: before.registry, state: state(before.version, 'the log') };
        live.#written = withoutAccounts(before.registry);
      }
    } else {
      const at = state(contentVersion(given), files.registry ?? 'the demo');
      live.#registry = { value: given, state: at };
    }
    live.#watch();
    return live;
  }

  get registry(): Registry | undefined {
    return this.#registry?.value;
  }

  get policy(): Policy {
    return this.#policy.value;
  }

  get registryVersion(): string | null {
    return this.#registry?.state.version ?? null;
  }

  version(kind: RuleKind): string | null {
    return kind === 'registry' ? this.registryVersion : this.#policy.state.version;
  }

  /** What else must know: ingest takes its tools and domains from the registry. */
  onRegistryChange(listener: () => void): void {
    this.#onRegistry = listener;
  }

  /**
   * One change after the other. `expected` is the version that the asker saw; false when another
   * came between, and then nothing is changed.
   */
  changeRegistry(given: Registry, from: string, expected?: string | null): Promise<boolean> {
    return this.#next(async () => {
      if (expected !== undefined && expected !== this.registryVersion) return false;
      await this.#publishRegistry(withoutAccounts(given), from);
      delete this.#refused.registry;
      return true;
    });
  }

  /**
   * As `changeRegistry`, of a change made on the page: it stands in the followed file first, which would take it back
   * otherwise. Resolves to why nothing was changed.
   */
  amendRegistry(
    given: Registry,
    from: string,
    expected: string | null,
  ): Promise<string | undefined> {
    return this.#next(async () => {
      if (expected !== this.registryVersion) return 'Another registry was published in between.';
      const next = withoutAccounts(given);
      const { registry: file } = this.#files;
      const problem = file === undefined ? undefined : this.#amendFile(file, next);
      if (problem !== undefined) return problem;
      await this.#publishRegistry(next, from);
      return undefined;
    });
  }

  refusal(kind: RuleKind): string | undefined {
    if (kind === 'registry' || this.#files.policy !== undefined) return undefined;
    return 'The policy in force stands in no file: start with --policy FILE, and it can be replaced here.';
  }

  /** A whole file. A policy needs one to stand in. Resolves to why nothing was published. */
  replace(
    kind: RuleKind,
    text: string,
    from: string,
    expected: string | null,
  ): Promise<string | undefined> {
    return this.#next(async () => {
      if (expected !== this.version(kind)) return `Another ${kind} was published in between.`;
      const file = this.#files[kind];
      if (kind === 'policy') {
        if (file === undefined) return this.refusal(kind);
        const policy = policyOf(text, 'the proposed policy');
        replaceFile(file, text);
        await this.#publishPolicy(policy, from);
        return undefined;
      }
      const { registry } = checkRegistryOf(text, this.policy);
      if (registry === undefined) return 'It has errors.';
      if (file !== undefined) replaceFile(file, text);
      await this.#publishRegistry(withoutAccounts(registry), from);
      delete this.#refused.registry;
      return undefined;
    }).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  }

  #amendFile(file: string, next: Registry): string | undefined {
    try {
      const { registry: before } = checkRegistry(file, this.policy);
      if (before === undefined) return `${file} has errors: mend it first.`;
      const isInForce = contentVersion(before) === contentVersion(this.#written ?? null);
      if (!isInForce) return `${file} holds another registry than the one in force.`;
      amendFile(file, before, next);
      return undefined;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return `${file} can't be written (${why}): put the entry into it by hand, and it is read again.`;
    }
  }

  /** Accounts were added, disabled or given another role. */
  accountsChanged(): Promise<void> {
    return this.#next(async () => {
      const { operators = () => [] } = this.#parts;
      const next = withAccounts(this.#written, operators());
      if (next === undefined || contentVersion(next) === this.registryVersion) return;
      await this.#publishRegistry(this.#written, this.#registry?.state.from ?? 'the accounts');
    });
  }

  async #publishRegistry(written: Registry | undefined, from: string): Promise<void> {
    const { pipeline, tenant, logger, now, operators = () => [] } = this.#parts;
    const registry = withAccounts(written, operators());
    if (registry === undefined) return;
    await pipeline.publish(tenant, registry, undefined);
    this.#written = written;
    const version = contentVersion(registry);
    this.#registry = { value: registry, state: { version, since: now(), from } };
    this.#onRegistry();
    const agents = registry.agents.length;
    logger.info({ version: version.slice(0, 12), agents, from }, 'registry published');
  }

  async #publishPolicy(policy: Policy, from: string): Promise<void> {
    const { pipeline, tenant, logger, now } = this.#parts;
    await pipeline.publish(tenant, undefined, policy);
    const version = contentVersion(policy);
    this.#policy = { value: policy, state: { version, since: now(), from } };
    delete this.#refused.policy;
    logger.info({ version: version.slice(0, 12), from }, 'policy published');
  }

  #next<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#changes.then(change);
    this.#changes = done.catch(() => undefined);
    return done;
  }

  #watch(): void {
    const { logger } = this.#parts;
    const { registry, policy } = this.#files;
    const failed = (error: unknown) => logger.error(error, 'changed rules could not be published');
    if (registry !== undefined) {
      const stop = watchFile(registry, {
        changed: () => {
          this.#readRegistry(registry).catch(failed);
        },
        gone: () => this.#missing('registry', registry),
      });
      this.#watching.push(stop);
    }
    if (policy !== undefined) {
      const stop = watchFile(policy, {
        changed: () => {
          this.#readPolicy(policy).catch(failed);
        },
        gone: () => this.#missing('policy', policy),
      });
      this.#watching.push(stop);
    }
  }

  async #readRegistry(file: string): Promise<void> {
    const { registry, errors, warnings } = checkRegistry(file, this.policy);
    if (registry === undefined) return this.#refuse('registry', file, errors.map(problemLine));
    for (const one of warnings) this.#parts.logger.warn({ file }, problemLine(one));
    await this.changeRegistry(registry, file);
  }

  async #readPolicy(file: string): Promise<void> {
    let policy: Policy;
    try {
      policy = loadPolicy(file);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return this.#refuse('policy', file, error.message.split('\n'));
    }
    warnOfPolicy(file, this.#parts.logger);
    await this.#next(() => this.#publishPolicy(policy, file));
  }

  #refuse(kind: RuleKind, file: string, problems: readonly string[]): void {
    this.#refused[kind] = { at: this.#parts.now(), file, problems };
    this.#parts.logger.error(
      { file, problems },
      `the changed ${kind} is refused, and the one before stays in force; correct the file and it is read again`,
    );
  }

  #missing(kind: RuleKind, file: string): void {
    const problem = `the file is gone or can't be read; the last version of the ${kind} stays in force`;
    this.#refused[kind] = { at: this.#parts.now(), file, problems: [problem], gone: true };
    this.#parts.logger.error(
      { file },
      `the ${kind} file is gone or can't be read, and its last version stays in force; put it back and it is read again`,
    );
  }

  report(): RulesReport {
    const registry = this.#registry && {
      ...this.#registry.state,
      agents: this.#registry.value.agents.length,
    };
    return rulesReport(registry ?? null, this.#policy.state, this.#refused);
  }

  stop(): void {
    for (const stop of this.#watching) stop();
    this.#watching = [];
  }
}
