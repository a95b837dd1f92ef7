/** The command line: one file a command; this one only names them and turns errors into sentences. */
import { setCollector } from '@waywarden/stage';
import { Command, CommanderError } from 'commander';
import { sayError } from './cli/say-error.ts';
import { EXIT, VERSION } from './input/command-output.ts';

/** From a failure to the end of the process. */
const LINGER_MS_MAX = 1_000;

type Load = () => Promise<Command>;
export type Commands = Readonly<Record<string, Load>>;

const people = () => import('./cli/people/operator.ts');

/** Each is loaded when it is asked for: all of them take a second. */
const COMMANDS: Commands = {
  up: async () => (await import('./cli/up.ts')).upCommand,
  status: async () => (await import('./cli/status.ts')).statusCommand,
  replay: async () => (await import('./cli/replay.ts')).replayCommand,
  score: async () => (await import('./cli/score.ts')).scoreCommand,
  explain: async () => (await import('./cli/explain.ts')).explainCommand,
  verify: async () => (await import('./cli/verify.ts')).verifyCommand,
  audit: async () => (await import('./cli/audit.ts')).auditCommand,
  keys: async () => (await import('./cli/keys.ts')).keysCommand,
  init: async () => (await import('./cli/init.ts')).initCommand,
  account: async () => (await import('./cli/people/account.ts')).accountCommand,
  acls: async () => (await import('./cli/acls.ts')).aclsCommand,
  console: async () => (await import('./cli/console.ts')).consoleCommand,
  canary: async () => (await import('./cli/canary.ts')).canaryCommand,
  policy: async () => (await import('./cli/policy.ts')).policyCommand,
  registry: async () => (await import('./cli/registry.ts')).registryCommand,
  catalogue: async () => (await import('./cli/catalogue.ts')).catalogueCommand,
  token: async () => (await import('./cli/token.ts')).tokenCommand,
  connect: async () => (await import('./cli/connect.ts')).connectCommand,
  doctor: async () => (await import('./cli/doctor.ts')).doctorCommand,
  map: async () => (await import('./cli/map.ts')).mapCommand,
  collect: async () => (await import('./cli/collect.ts')).collectCommand,
  deadletter: async () => (await import('./cli/deadletter.ts')).deadletterCommand,
  pause: async () => (await people()).pauseCommand,
  resume: async () => (await people()).resumeCommand,
  approve: async () => (await people()).approveCommand,
  decline: async () => (await people()).declineCommand,
  restore: async () => (await people()).restoreActCommand,
  verdict: async () => (await import('./cli/people/verdict.ts')).verdictActCommand,
  order: async () => (await people()).orderCommand,
  preview: async () => (await import('./cli/people/preview.ts')).previewCommand,
  'response-impact': async () => (await import('./cli/response-impact.ts')).responseImpactCommand,
  'operator-key': async () => (await import('./cli/people/operator-key.ts')).operatorKeyCommand,
};

/** The one that is asked for; all of them for whoever asks what there is. */
function asked(all: Commands, name: string | undefined): readonly Load[] {
  const one = name !== undefined && Object.hasOwn(all, name) ? all[name] : undefined;
  return one === undefined ? Object.values(all) : [one];
}

/** `more`: commands of whoever is installed beside it. */
export async function runWaywarden(more: Commands = {}): Promise<void> {
  setCollector();

  const program = new Command('waywarden')
    .description('Detects when an AI agent goes wayward, and takes its access away, provably.')
    .version(VERSION)
    .showHelpAfterError(
      '(run "waywarden --help" or "waywarden <command> --help" to see what it takes)',
    )
    .exitOverride();

  for (const load of asked({ ...COMMANDS, ...more }, process.argv[2])) {
    program.addCommand((await load()).exitOverride());
  }

  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.badUse;
    } else {
      process.stderr.write(`waywarden: ${sayError(error)}\n`);
      process.exitCode = EXIT.badUse;
    }
    // What failed may have left something open that would keep the process alive for ever.
    setTimeout(() => process.exit(), LINGER_MS_MAX).unref();
  }
}
