/** Keys of a tenant's rules; the last tenant's are remembered, since a rebuilt string is copied and hashed. */
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
