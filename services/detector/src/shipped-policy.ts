/** Where the policy that Waywarden ships stands: beside the sources, from `src` and `dist` alike. */
import { fileURLToPath } from 'node:url';

export const SHIPPED_POLICY = fileURLToPath(new URL('../policy/default.yaml', import.meta.url));
