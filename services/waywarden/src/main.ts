/** The command line: one file a command; this one only names them and turns errors into sentences. */
import { setCollector } from '@waywarden/stage';
import { Command, CommanderError } from 'commander';
import { accountCommand } from './commands/account.ts';
import { aclsCommand } from './commands/acls.ts';
import { auditCommand } from './commands/audit.ts';
import { benchCommand } from './commands/bench.ts';
import { canaryCommand } from './commands/canary.ts';
import { catalogueCommand } from './commands/catalogue.ts';
import { collectCommand } from './commands/collect.ts';
import { EXIT } from './commands/command-output.ts';
import { connectCommand } from './commands/connect.ts';
import { deadletterCommand } from './commands/deadletter.ts';
import { doctorCommand } from './commands/doctor.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { explainCommand } from './commands/explain.ts';
import { frictionCommand } from './commands/friction.ts';
import { initCommand } from './commands/init.ts';
import { keysCommand } from './commands/keys.ts';
import { mapCommand } from './commands/map.ts';
import {
  approveCommand,
  orderCommand,
  pauseCommand,
  restoreCommand,
  resumeCommand,
} from './commands/operator.ts';
import { operatorKeyCommand } from './commands/operator-key.ts';
import { policyCommand } from './commands/policy.ts';
import { previewCommand } from './commands/preview.ts';
import { registryCommand } from './commands/registry.ts';
import { replayCommand } from './commands/replay.ts';
import { sayError } from './commands/say-error.ts';
import { scoreCommand } from './commands/score.ts';
import { simulateCommand } from './commands/simulate.ts';
import { statusCommand } from './commands/status.ts';
import { tokenCommand } from './commands/token.ts';
import { upCommand } from './commands/up.ts';
import { verdictCommand } from './commands/verdict.ts';
import { verifyCommand } from './commands/verify.ts';

/** From a failure to the end of the process. */
const LINGER_MS_MAX = 1_000;

setCollector();

const program = new Command('waywarden')
  .description('Detects when an AI agent goes wayward, and takes its access away, provably.')
  .version('0.1.0')
  .showHelpAfterError(
    '(run "waywarden --help" or "waywarden <command> --help" to see what it takes)',
  )
  .exitOverride();

for (const command of [
  upCommand,
  statusCommand,
  replayCommand,
  scoreCommand,
  evaluateCommand,
  explainCommand,
  verifyCommand,
  auditCommand,
  keysCommand,
  benchCommand,
  initCommand,
  accountCommand,
  aclsCommand,
  canaryCommand,
  policyCommand,
  registryCommand,
  catalogueCommand,
  simulateCommand,
  tokenCommand,
  connectCommand,
  doctorCommand,
  mapCommand,
  collectCommand,
  deadletterCommand,
  pauseCommand,
  resumeCommand,
  approveCommand,
  restoreCommand,
  verdictCommand,
  orderCommand,
  previewCommand,
  frictionCommand,
  operatorKeyCommand,
]) {
  program.addCommand(command.exitOverride());
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
