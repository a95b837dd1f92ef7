/** `waywarden acls`: what each principal needs on the broker, printed or set. */
import { type Allowed, allow } from '@waywarden/event-log/kafka/acls';
import { kafkaOptions, readSettings } from '@waywarden/event-log/kafka/settings';
import { Command } from 'commander';
import { report, UsageError } from '../input/command-output.ts';
import { environment } from '../input/config.ts';
import { aclsFor, SERVICE_ACCESS, type ServiceName } from '../kafka-acls/service-access.ts';

interface AclsFlags {
  readonly brokers?: string;
  readonly topicPrefix?: string;
  readonly principal?: readonly string[];
  readonly receiver?: readonly string[];
  readonly apply?: true;
  readonly json?: true;
}

const SERVICES = Object.keys(SERVICE_ACCESS);

function isService(name: string): name is ServiceName {
  return SERVICES.includes(name);
}

/** Or the name alone. */
function named(text: string): readonly [name: string, principal: string] {
  const at = text.indexOf('=');
  const [name, principal] =
    at < 0 ? [text, `User:${text}`] : [text.slice(0, at), text.slice(at + 1)];
  if (name === '' || !/^[A-Za-z]+:.+$/.test(principal)) {
    throw new UsageError(`${text}: write name=User:principal, as the broker names it.`);
  }
  return [name, principal];
}

function principalsOf(flags: AclsFlags): Partial<Record<ServiceName, string>> {
  const found: Partial<Record<ServiceName, string>> = {};
  for (const [name, principal] of (flags.principal ?? []).map(named)) {
    if (!isService(name)) {
      throw new UsageError(
        `--principal ${name}: no such service; there are ${SERVICES.join(', ')}.`,
      );
    }
    found[name] = principal;
  }
  return found;
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function asCommand({ principal, resource, name, pattern, operation }: Allowed, brokers: string) {
  const of = `--${resource.toLowerCase()} ${quoted(name)} --resource-pattern-type ${pattern.toLowerCase()}`;
  return `kafka-acls.sh --bootstrap-server ${brokers} --add --allow-principal ${quoted(principal)} --operation ${operation} ${of}`;
}

async function acls(flags: AclsFlags): Promise<void> {
  const receivers = (flags.receiver ?? []).map(named);
  const all = aclsFor({
    topicPrefix: flags.topicPrefix ?? environment()['WW_KAFKA_TOPIC_PREFIX'] ?? '',
    principals: principalsOf(flags),
    receivers: receivers.map(([id, principal]) => ({ id, principal })),
  });
  const isApplied = flags.apply === true;
  if (isApplied) {
    if (flags.brokers === undefined) throw new UsageError('--apply needs --brokers.');
    const settings = readSettings({}, { ...environment(), WW_KAFKA_BROKERS: flags.brokers });
    if (!settings.ok) throw new UsageError(settings.problems.join('\n'));
    await allow(kafkaOptions(settings.config, 'waywarden-acls'), all);
  }
  const lines = isApplied
    ? [
        `${all.length} ACLs are set for ${new Set(all.map((one) => one.principal)).size} principals; none was taken away.`,
      ]
    : all.map((one) => asCommand(one, flags.brokers ?? '$BROKERS'));
  report(flags.json === true, { acls: all, applied: isApplied }, lines);
}

export const aclsCommand = new Command('acls')
  .description('what each service must be allowed on a Kafka broker; set it with --apply')
  .option('--brokers <list>', 'Kafka brokers, host:port, separated by commas')
  .option('--topic-prefix <prefix>', 'prefix of every topic')
  .option(
    '--principal <service=name...>',
    'a service by the broker’s name for it; default User:<service>',
  )
  .option('--receiver <id=name...>', 'an enforcement point that reads Kafka; default User:<id>')
  .option('--apply', 'set them; WW_KAFKA_USERNAME and _PASSWORD are of whoever may')
  .option('--json', 'print one JSON object as the last line')
  .action(acls);
