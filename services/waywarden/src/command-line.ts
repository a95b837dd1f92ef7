/** The command line: one file a command; this one only names them and turns errors into sentences. */
import { setCollector } from '@waywarden/stage';
import { Command, CommanderError } from 'commander';
import { aclsCommand } from './cli/acls.ts';
import { auditCommand } from './cli/audit.ts';
import { canaryCommand } from './cli/canary.ts';
import { catalogueCommand } from './cli/catalogue.ts';
import { collectCommand } from './cli/collect.ts';
import { connectCommand } from './cli/connect.ts';
import { deadletterCommand } from './cli/deadletter.ts';
import { doctorCommand } from './cli/doctor.ts';
import { explainCommand } from './cli/explain.ts';
import { responseImpactCommand } from './cli/friction.ts';
import { initCommand } from './cli/init.ts';
import { keysCommand } from './cli/keys.ts';
import { mapCommand } from './cli/map.ts';
import { accountCommand } from './cli/people/account.ts';
import {
  approveCommand,
  orderCommand,
  pauseCommand,
  restoreActCommand,
  resumeCommand,
} from './cli/people/operator.ts';
import { operatorKeyCommand } from './cli/people/operator-key.ts';
import { previewCommand } from './cli/people/preview.ts';
import { verdictActCommand } from './cli/people/verdict.ts';
import { policyCommand } from './cli/policy.ts';
import { registryCommand } from './cli/registry.ts';
import { replayCommand } from './cli/replay.ts';
import { sayError } from './cli/say-error.ts';
import { scoreCommand } from './cli/score.ts';
import { statusCommand } from './cli/status.ts';
import { tokenCommand } from './cli/token.ts';
import { upCommand } from './cli/up.ts';
import { verifyCommand } from './cli/verify.ts';
import { EXIT } from './input/command-output.ts';

/** From a failure to the end of the process. */
const LINGER_MS_MAX = 1_000;

const COMMANDS: readonly Command[] = [
  upCommand,
  statusCommand,
  replayCommand,
  scoreCommand,
  explainCommand,
  verifyCommand,
  auditCommand,
  keysCommand,
  initCommand,
  accountCommand,
  aclsCommand,
  canaryCommand,
  policyCommand,
  registryCommand,
  catalogueCommand,
  tokenCommand,
  connectCommand,
  doctorCommand,
  mapCommand,
  collectCommand,
  deadletterCommand,
  pauseCommand,
  resumeCommand,
  approveCommand,
  restoreActCommand,
  verdictActCommand,
  orderCommand,
  previewCommand,
  responseImpactCommand,
  operatorKeyCommand,
];

/** `more`: commands of whoever is installed beside it. */
export async function runWaywarden(more: readonly Command[] = []): Promise<void> {
  setCollector();

  const program = new Command('waywarden')
    .description('Detects when an AI agent goes wayward, and takes its access away, provably.')
    .version('0.1.0')
    .showHelpAfterError(
      '(run "waywarden --help" or "waywarden <command> --help" to see what it takes)',
    )
    .exitOverride();

  for (const command of [...COMMANDS, ...more]) program.addCommand(command.exitOverride());

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
