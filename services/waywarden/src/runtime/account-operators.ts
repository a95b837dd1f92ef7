/**
 * The registry as it is published: with the accounts that sign as operators. Somebody whom the registry names with a
 * key of their own keeps that one: with both, one person could agree with herself.
 */
import { type Registry, registrySchema } from '@waywarden/schemas';

export type AccountOperators = readonly {
  readonly uid: string;
  readonly key: Record<string, unknown>;
}[];

/** How ids of accounts' keys begin. */
const ACCOUNT_KEY = 'account-';

const isAccount = ({ key }: AccountOperators[number]) =>
  typeof key['kid'] === 'string' && key['kid'].startsWith(ACCOUNT_KEY);

/** What people wrote into the registry, without what was added here. */
export function withoutAccounts(registry: Registry): Registry {
  const { operators, ...rest } = registry;
  if (operators === undefined || !operators.some(isAccount)) return registry;
  const own = operators.filter((one) => !isAccount(one));
  return own.length === 0 ? rest : { ...rest, operators: own };
}

export function withAccounts(
  registry: Registry | undefined,
  accounts: AccountOperators,
): Registry | undefined {
  const own = registry?.operators ?? [];
  const added = accounts.filter(({ uid }) => !own.some((one) => one.uid === uid));
  if (added.length === 0) return registry;
  const base = registry ?? registrySchema.parse({ version: 1 });
  return { ...base, operators: [...own, ...added] };
}
