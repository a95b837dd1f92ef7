/** The shipped policy's path, from `src` and `dist` alike. */
import { fileURLToPath } from 'node:url';

export const SHIPPED_POLICY = fileURLToPath(new URL('../policy/default.yaml', import.meta.url));
