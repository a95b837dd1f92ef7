/** The names that the contract knows, taken from the schemas themselves. */
import { auditEventSchema, inputEventSchema } from '@waywarden/schemas';

const { agent, ...event } = auditEventSchema.shape;
const names = (shape: object): ReadonlySet<string> => new Set(Object.keys(shape));
const of = (section: keyof typeof event & Section) => names(event[section].unwrap().shape);

type Section =
  | ('principal' | 'credential' | 'delegation' | 'task' | 'tool' | 'target' | 'args' | 'result')
  | ('error' | 'policy' | 'approval' | 'model' | 'src');

export const KNOWN = {
  agent: names(agent.shape),
  ...{ principal: of('principal'), credential: of('credential'), delegation: of('delegation') },
  ...{ task: of('task'), tool: of('tool'), target: of('target'), args: of('args') },
  ...{ result: of('result'), error: of('error'), policy: of('policy') },
  ...{ approval: of('approval'), model: of('model'), src: of('src') },
} satisfies Readonly<Record<Section | 'agent', ReadonlySet<string>>>;

export const INPUT_FIELDS = names(inputEventSchema.shape);

/** Fields that ingest sets; a body's own are kept as `unmapped` unless its token may set them. */
export const INGEST_FIELDS: ReadonlySet<string> = new Set(
  'event_id observed_time tenant_id chain_id catalogue_version claims key_id fp_version'.split(' '),
);
