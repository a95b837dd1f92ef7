/**
 * Under which keys a tenant's rules are kept. Those of the tenant that was asked for last are remembered as
 * they were made: a handful is asked for at each event, and a string that is put together anew has to be
 * copied and hashed before anything is found by it.
 */
export interface ControlKeys {
  readonly policy: string;
  readonly registry: string;
  readonly limits: string;
  readonly links: string;
  readonly classes: string;
  readonly combinations: string;
}

let latest: { readonly tenant: string; readonly keys: ControlKeys } | undefined;

export function controlKeys(tenant: string): ControlKeys {
  if (latest?.tenant === tenant) return latest.keys;
  const keys = {
    policy: `control|policy|${tenant}`,
    registry: `control|registry|${tenant}`,
    limits: `control|limits|${tenant}`,
    links: `control|links|${tenant}`,
    classes: `control|classes|${tenant}`,
    combinations: `control|combinations|${tenant}`,
  };
  latest = { tenant, keys };
  return keys;
}
