/** The date as it stands in arguments everywhere: a value that many share and that links nothing. */
import { DAY, dateText } from '../calendar.ts';
import type { Run } from '../run.ts';

export const today = (run: Run): string => dateText(Math.floor(run.now / DAY));
