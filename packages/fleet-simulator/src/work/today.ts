/** The date as it stands in arguments everywhere: a value that many share and that links nothing. */
import { DAY, dateText } from '../calendar.ts';
import type { Underway } from '../call-plan.ts';

export const today = ({ now }: Underway): string => dateText(Math.floor(now / DAY));
