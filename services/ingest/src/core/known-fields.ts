/** The names that the contract knows, taken from the schemas themselves. */
import { auditEventSchema, inputEventSchema } from '@waywarden/schemas';

type Section =
  | 'agent'
  | 'principal'
  | 'credential'
  | 'delegation'
  | 'task'
  | 'tool'
  | 'target'
  | 'args'
  | 'result'
  | 'error'
  | 'policy'
  | 'approval'
  | 'model'
  | 'src';

const event = auditEventSchema.shape;
const names = (shape: object): ReadonlySet<string> => new Set(Object.keys(shape));

export const KNOWN: Readonly<Record<Section, ReadonlySet<string>>> = {
  agent: names(event.agent.shape),
  principal: names(event.principal.unwrap().shape),
  credential: names(event.credential.unwrap().shape),
  delegation: names(event.delegation.unwrap().shape),
  task: names(event.task.unwrap().shape),
  tool: names(event.tool.unwrap().shape),
  target: names(event.target.unwrap().shape),
  args: names(event.args.unwrap().shape),
  result: names(event.result.unwrap().shape),
  error: names(event.error.unwrap().shape),
  policy: names(event.policy.unwrap().shape),
  approval: names(event.approval.unwrap().shape),
  model: names(event.model.unwrap().shape),
  src: names(event.src.unwrap().shape),
};

export const INPUT_FIELDS = names(inputEventSchema.shape);

/** Fields that ingest sets; a body's own are kept as `unmapped` unless its token may set them. */
export const INGEST_FIELDS: ReadonlySet<string> = new Set([
  'event_id',
  'observed_time',
  'tenant_id',
  'chain_id',
  'catalogue_version',
  'claims',
  'key_id',
  'fp_version',
]);
