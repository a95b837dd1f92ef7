// multipart/form-data as @clickhouse/client writes it when query parameters are too long for a URL:
// small text fields `query` and `param_*`. Files (external tables) are refused.
import { refuse } from './failure.ts';

const FIELDS_MAX = 1_000;

export const parseMultipart = (
  contentType: string,
  body: Buffer,
): readonly (readonly [string, string])[] => {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw refuse('BAD_ARGUMENTS', 'Multipart body without a boundary.');
  const parts = `\r\n${body.toString('utf8')}`.split(`\r\n--${boundary}`).slice(1, -1);
  if (parts.length > FIELDS_MAX) throw refuse('BAD_ARGUMENTS', 'Too many multipart fields.');
  return parts.map((part) => {
    const gap = part.indexOf('\r\n\r\n');
    const head = part.slice(0, gap);
    const name = /name="([^"]*)"/i.exec(head)?.[1];
    if (gap < 0 || name === undefined || /filename=/i.test(head))
      throw refuse('NOT_IMPLEMENTED', 'External tables are not supported.');
    return [name, part.slice(gap + 4)] as const;
  });
};
